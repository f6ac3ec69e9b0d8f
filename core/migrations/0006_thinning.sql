-- additive
-- Old history is thinned: a row of state_history may stand for several versions.

-- The first of the versions the row stands for, the last is `version`; null: it stands for that one alone.
alter table state_history add column first_version bigint;

-- How far thinning has come; beside panel_states, whose rows every append rewrites.
create table history_thinning (
  document   text collate "C" primary key references panel_states on delete cascade,
  -- Every version above it has a row of its own.
  thinned_to bigint not null
);
