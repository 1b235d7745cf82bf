/** n8n reads this setting once, when its engine is loaded: import this module first. */
process.env.N8N_SSRF_PROTECTION_ENABLED = 'true';
