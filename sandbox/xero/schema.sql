CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);

-- organisation, account, tax_rate, tracking_category, currency, contact: facts under Xero's own names, as JSON
CREATE TABLE IF NOT EXISTS records (
    tenant_id TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (tenant_id, kind, id)
);

-- invoices, bills, credit notes, manual journals and payments: what they are looked for by. Amounts in cents.
CREATE TABLE IF NOT EXISTS documents (
    tenant_id TEXT NOT NULL, family TEXT NOT NULL, id TEXT NOT NULL, number TEXT NOT NULL COLLATE NOCASE,
    type TEXT NOT NULL, status TEXT NOT NULL, updated_ms INTEGER NOT NULL, day_ms INTEGER, due_ms INTEGER,
    reference TEXT NOT NULL, contact_id TEXT NOT NULL, app TEXT NOT NULL, parent_id TEXT NOT NULL,
    sub_total INTEGER NOT NULL, tax INTEGER NOT NULL, total INTEGER NOT NULL, paid INTEGER NOT NULL,
    credited INTEGER NOT NULL, PRIMARY KEY (tenant_id, family, id)
);
CREATE INDEX IF NOT EXISTS documents_number ON documents (tenant_id, family, number);
CREATE INDEX IF NOT EXISTS documents_changed ON documents (tenant_id, family, updated_ms, id);
CREATE INDEX IF NOT EXISTS documents_dated ON documents (tenant_id, family, day_ms, number);
CREATE INDEX IF NOT EXISTS documents_parent ON documents (tenant_id, parent_id);
-- and what they say, as JSON, apart so that looking through many stays quick
CREATE TABLE IF NOT EXISTS contents (
    tenant_id TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, lines TEXT NOT NULL, PRIMARY KEY (tenant_id, id)
);
-- credit notes set against invoices
CREATE TABLE IF NOT EXISTS allocations (
    tenant_id TEXT NOT NULL, id TEXT NOT NULL, note_id TEXT NOT NULL, invoice_id TEXT NOT NULL,
    cents INTEGER NOT NULL, day TEXT NOT NULL, PRIMARY KEY (tenant_id, id)
);
CREATE INDEX IF NOT EXISTS allocations_note ON allocations (tenant_id, note_id);
CREATE INDEX IF NOT EXISTS allocations_invoice ON allocations (tenant_id, invoice_id);
CREATE TABLE IF NOT EXISTS attachments (
    tenant_id TEXT NOT NULL, document_id TEXT NOT NULL, id TEXT NOT NULL, file_name TEXT NOT NULL COLLATE NOCASE,
    mime_type TEXT NOT NULL, online INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (tenant_id, document_id, id)
);
CREATE UNIQUE INDEX IF NOT EXISTS attachments_name ON attachments (tenant_id, document_id, file_name);

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
-- the latest access token of each consent, for the switch access_after_refresh
CREATE TABLE IF NOT EXISTS latest_access (event_id TEXT PRIMARY KEY, token_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS grants (client_id TEXT PRIMARY KEY, scopes TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS connections (
    id TEXT PRIMARY KEY, client_id TEXT NOT NULL, tenant_id TEXT NOT NULL, event_id TEXT NOT NULL,
    created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, UNIQUE (client_id, tenant_id)
);

CREATE TABLE IF NOT EXISTS remembered_answers (
    owner TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, at_ms INTEGER NOT NULL,
    status INTEGER NOT NULL, content_type TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (owner, key)
);
-- every call that counts against a limit, for a day
CREATE TABLE IF NOT EXISTS call_log (client_id TEXT NOT NULL, tenant_id TEXT NOT NULL, at_ms INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS call_log_time ON call_log (client_id, tenant_id, at_ms);
CREATE INDEX IF NOT EXISTS call_log_app ON call_log (client_id, at_ms);

CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY, method TEXT NOT NULL, path TEXT NOT NULL, fault TEXT NOT NULL, times INTEGER NOT NULL,
    seconds INTEGER NOT NULL, percent INTEGER NOT NULL, seed TEXT NOT NULL, seen INTEGER NOT NULL
);
-- requests whose caller gave up, on their way to the ledger
CREATE TABLE IF NOT EXISTS late_requests (
    id INTEGER PRIMARY KEY, arrived_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL, environ TEXT NOT NULL,
    body BLOB NOT NULL
);
