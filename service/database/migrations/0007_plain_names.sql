-- Two fields of the stored documents have plainer names.
update runs
set doc = ((doc::jsonb - 'wish') || jsonb_build_object('controlRequest', doc::jsonb -> 'wish'))::json
where doc::jsonb ? 'wish';

update agents
set doc = ((doc::jsonb - 'vanished') || jsonb_build_object('lostSince', doc::jsonb -> 'vanished'))::json
where doc::jsonb ? 'vanished';
