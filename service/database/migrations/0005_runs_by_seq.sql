-- The newest runs of all agents, and those that began before the log does.
create index runs_by_seq on runs (seq);
