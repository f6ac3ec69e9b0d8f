-- additive
-- A request for a snapshot that is sent again under its sender's key finds the snapshot it became.

-- Hashes of who sent it and the key, and of what was asked; null without a key, and after a day.
alter table state_snapshots add column request_id text collate "C";
alter table state_snapshots add column request_fingerprint text;

-- One that failed is asked for anew under the same key.
create unique index state_snapshots_request on state_snapshots (workspace_id, request_id)
  where request_id is not null and state <> 'failed';
