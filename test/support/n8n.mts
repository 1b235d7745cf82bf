/**
 * n8n's own packages, as n8n-core finds them: by `require`, from its own place. There are several of
 * some of them, and what is set in one (the logger, for one) does not count in the others.
 */
import './userFolder.mts';

import { createRequire } from 'node:module';

import type * as BackendCommon from '@n8n/backend-common';
import type * as Di from '@n8n/di';
import type * as N8nCore from 'n8n-core';
import type * as N8nWorkflow from 'n8n-workflow';

const loadHere = createRequire(import.meta.url);
const load = createRequire(loadHere.resolve('n8n-core'));

/* eslint-disable @typescript-eslint/no-unsafe-assignment -- `require` has no types */
const di: typeof Di = load('@n8n/di');
const backendCommon: typeof BackendCommon = load('@n8n/backend-common');
const n8nCore: typeof N8nCore = loadHere('n8n-core');
const n8nWorkflow: typeof N8nWorkflow = load('n8n-workflow');
/* eslint-enable @typescript-eslint/no-unsafe-assignment */

export const { Container } = di;
export const { Logger } = backendCommon;
export const {
	Cipher,
	Credentials,
	EncryptionKeyProxy,
	ErrorReporter,
	ExecuteContext,
	ExecutionLifecycleHooks,
	ExternalSecretsProxy,
	LoadOptionsContext,
	PackageDirectoryLoader,
	PollContext,
	PollTriggerExecutor,
	RoutingNode,
	WorkflowExecute,
} = n8nCore;
export const {
	createEmptyRunExecutionData,
	createRunExecutionData,
	ICredentialsHelper,
	LoggerProxy,
	NodeApiError,
	NodeHelpers,
	NodeOperationError,
	UserError,
	Workflow,
} = n8nWorkflow;
