CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);

-- organisation, account, tax_rate, tracking_category, currency, contact: facts under Xero's own names, as JSON
CREATE TABLE IF NOT EXISTS records (
    tenant_id TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (tenant_id, kind, id)
);

-- invoices, bills and credit notes, their lines apart, so that lists need not read them
CREATE TABLE IF NOT EXISTS documents (
    tenant_id TEXT NOT NULL, family TEXT NOT NULL, id TEXT NOT NULL, number TEXT NOT NULL COLLATE NOCASE,
    type TEXT NOT NULL, status TEXT NOT NULL, updated_ms INTEGER NOT NULL, body TEXT NOT NULL, lines TEXT NOT NULL,
    PRIMARY KEY (tenant_id, family, id)
);
CREATE INDEX IF NOT EXISTS documents_number ON documents (tenant_id, family, number);

CREATE TABLE IF NOT EXISTS changes (
    id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL, document_id TEXT NOT NULL,
    at_ms INTEGER NOT NULL, by TEXT NOT NULL, what TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS changes_document ON changes (tenant_id, document_id, id);

CREATE TABLE IF NOT EXISTS codes (
    code_hash TEXT PRIMARY KEY, client_id TEXT NOT NULL, redirect_uri TEXT NOT NULL, scopes TEXT NOT NULL,
    nonce TEXT NOT NULL, challenge TEXT NOT NULL, event_id TEXT NOT NULL, expires_ms INTEGER NOT NULL, used_ms INTEGER
);
CREATE TABLE IF NOT EXISTS refresh_tokens (
    token_hash TEXT PRIMARY KEY, client_id TEXT NOT NULL, scopes TEXT NOT NULL, event_id TEXT NOT NULL,
    issued_ms INTEGER NOT NULL, rotated_ms INTEGER
);
CREATE TABLE IF NOT EXISTS grants (client_id TEXT PRIMARY KEY, scopes TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS connections (
    id TEXT PRIMARY KEY, client_id TEXT NOT NULL, tenant_id TEXT NOT NULL, event_id TEXT NOT NULL,
    created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, UNIQUE (client_id, tenant_id)
);

CREATE TABLE IF NOT EXISTS remembered_answers (
    owner TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, at_ms INTEGER NOT NULL,
    status INTEGER NOT NULL, content_type TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (owner, key)
);
CREATE TABLE IF NOT EXISTS calls (
    client_id TEXT NOT NULL, tenant_id TEXT NOT NULL, span TEXT NOT NULL, started INTEGER NOT NULL,
    count INTEGER NOT NULL, PRIMARY KEY (client_id, tenant_id, span)
);
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY, method TEXT NOT NULL, path TEXT NOT NULL, fault TEXT NOT NULL, times INTEGER NOT NULL
);
