'use strict';

/**
 * The package for plain Node.js code, such as tests or tools that look at the node. n8n itself
 * does not read this file: it loads what package.json names under "n8n".
 */
const { DigiCertCertCentralApi } = require('./dist/credentials/DigiCertCertCentralApi.credentials');
const { DigiCertPartnerApi } = require('./dist/credentials/DigiCertPartnerApi.credentials');
const { DigiCert } = require('./dist/nodes/DigiCert/DigiCert.node');
const { DigiCertTrigger } = require('./dist/nodes/DigiCert/DigiCertTrigger.node');

module.exports = { DigiCert, DigiCertCertCentralApi, DigiCertPartnerApi, DigiCertTrigger };
