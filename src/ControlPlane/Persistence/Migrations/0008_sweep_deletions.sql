-- What the sweep is deleting in an outside system, written before each call and erased when all were answered. A call
-- that was not can still land, also when the sweep's process is gone: whoever makes something of that name waits for it.
CREATE TABLE sweep_deletions (
    -- Of one deletion: another sweep's, which was answered, says nothing about this one's calls.
    id       uuid PRIMARY KEY,
    type     text NOT NULL,
    name     text NOT NULL,
    begun_at timestamptz NOT NULL
);
