-- A lead is a sign-up, not yet a customer. Its mailed token is derived, never stored: only its generation and expiry are.
CREATE TABLE leads (
    id               uuid PRIMARY KEY,
    email            text NOT NULL,
    first_name       text NOT NULL,
    last_name        text NOT NULL,
    company_name     text NOT NULL,
    country          text,
    street           text,
    city             text,
    state            text,
    zip              text,
    token_generation integer NOT NULL DEFAULT 1,
    token_expires_at timestamptz NOT NULL,
    verified_at      timestamptz,
    created_at       timestamptz NOT NULL
);
CREATE INDEX leads_by_email ON leads (email, created_at);
