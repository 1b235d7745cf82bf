/**
 * Rules for the code that never ships: tests, sandbox, benchmarks, demo, tools. n8n's product
 * rules (no timers, no process) bind `*.ts` and stay in eslint.config.mjs, which has to be n8n's
 * own to the letter.
 */
import tseslint from 'typescript-eslint';

export default tseslint.config(
	{ ignores: ['**/*', '!**/', '!**/*.mts', 'node_modules', 'dist', 'coverage'] },
	{
		files: ['**/*.mts'],
		extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
		languageOptions: {
			parserOptions: { project: './tsconfig.dev.json', tsconfigRootDir: import.meta.dirname },
		},
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		rules: {
			'@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
			'@typescript-eslint/consistent-type-imports': 'error',
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
		},
	},
);
