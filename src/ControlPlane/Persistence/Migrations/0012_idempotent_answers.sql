-- Answers to requests with an Idempotency-Key, kept for a day. Key and body are keyed hashes. The answer is encrypted
-- with a key that needs the whole request again: rows alone show neither personal data nor tokens.
CREATE TABLE idempotent_answers (
    key_hash      bytea PRIMARY KEY,
    body_hash     bytea NOT NULL,
    -- Of the request that runs. Another takes over if there is no answer when its time is up.
    claim         uuid NOT NULL,
    claimed_until timestamptz NOT NULL,
    answer        bytea,
    expires_at    timestamptz NOT NULL
);
-- For the sweep.
CREATE INDEX idempotent_answers_by_expiry ON idempotent_answers (expires_at);
