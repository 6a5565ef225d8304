package sqljournal

// The statements of the two dialects have the same effect. PostgreSQL uses one statement
// for each step, because a process that is paused inside a transaction would block
// others. Lists are passed as JSON, because every driver accepts it.
//
// The rows of holds are locked in the order of their keys, after the entry's own row, so
// that no two statements wait for each other. If another entry has a hold, holders
// becomes null. The table refuses null, so the whole statement fails.

const (
	postgresBegin = `
with entry as (
  insert into {entries} (id, scope, account, purchase, started, revision, body)
  values (?1, ?2, ?3, ?4, ?5::bigint, 1, ?6) returning id, started
), opened as (
  insert into {open} (started, id) select started, id from entry
), history as (
  insert into {history} (number, entry)
  select number, entry.id from entry, json_array_elements_text(?7::text::json) as n(number)
)
insert into {holds} as h (kind, key, space, holders)
select r->>'kind', r->>'key', r->>'space', jsonb_build_object(entry.id, r->'until')
from entry, json_array_elements(?8::text::json) with ordinality as claims(r, place) order by place
on conflict (kind, key, space) do update set holders = case
  when not exists (select from jsonb_each(h.holders) as u where u.value::bigint > ?5::bigint) then h.holders || excluded.holders
end`

	postgresEnd = `
with entry as (
  update {entries} set body = ?4, revision = revision + 1 where id = ?1 and revision = ?2 returning id, started
), settled as (
  delete from {open} o using entry where o.started = entry.started and o.id = entry.id and not ?3::boolean
), changed as (` + postgresChange + `)
select count(*) from entry`

	// An order belongs to one entry. A placed order may hold a number that another
	// entry's claim holds, because an order that exists overrides a claim.
	postgresChange = `
insert into {holds} as h (kind, key, space, holders)
select r->>'kind', r->>'key', r->>'space',
  case when r->>'until' is null then '{}' else jsonb_build_object(entry.id, r->'until') end
from entry, json_array_elements(?5::text::json) with ordinality as changes(r, place) order by place
on conflict (kind, key, space) do update set holders = case
  when h.kind <> 'o' or h.holders - ?1::text = '{}' then (h.holders - ?1::text) || excluded.holders
end`

	postgresHolders = `
select e.body from {entries} e where e.id in (
  select ?1::text union
  select jsonb_object_keys(h.holders) from json_array_elements(?2::text::json) as r
  join {holds} h on h.kind = r->>'kind' and h.key = r->>'key' and h.space = r->>'space')
order by e.started, e.id`

	// The credit of a removed entry has no owner (""). An entry that another statement
	// has locked is being ended, and is not removed. The history is joined by both
	// columns of its key: two separate conditions would probe their product.
	postgresForget = `
with locked as (
  select e.id from {entries} e join json_array_elements(?1::text::json) as r
  on e.id = r->>'id' and e.revision = (r->>'revision')::bigint for update of e skip locked
), gone as (
  delete from {entries} e using locked where e.id = locked.id returning e.id
), history as (
  delete from {history} h using json_array_elements(?2::text::json) as r, gone
  where h.number = r->>'number' and h.entry = r->>'entry' and h.entry = gone.id
), released as (
  insert into {holds} as h (kind, key, space, holders)
  select r->>'kind', r->>'key', r->>'space', '{}' from json_array_elements(?3::text::json) with ordinality as held(r, place) order by place
  on conflict (kind, key, space) do update set holders = (h.holders - array(select id from gone)) ||
    case when h.kind = 'o' and h.holders - array(select id from gone) <> h.holders then '{"": 0}'::jsonb else '{}' end
)
select count(*) from gone`

	// This statement does not wait for a lock.
	postgresSweep = `
delete from {holds} h using (
  select kind, key, space from {holds} join json_array_elements(?1::text::json) as r
  on kind = r->>'kind' and key = r->>'key' and space = r->>'space' where holders = '{}' for update of {holds} skip locked
) as empty
where h.kind = empty.kind and h.key = empty.key and h.space = empty.space and h.holders = '{}'`
)

const (
	// Each step of a transaction can be undone on its own.
	sqliteSave  = "savepoint step"
	sqliteUndo  = "rollback to step"
	sqliteSaved = "release step"

	sqliteBegin = `
insert into {entries} (id, scope, account, purchase, started, open, revision, body) values (?1, ?2, ?3, ?4, ?5, true, 1, ?6)`

	sqliteHistory = `
insert into {history} (number, entry) select value, ?1 from json_each(?2)`

	sqliteClaim = `
insert into {holds} as h (kind, key, space, holders)
select r.value->>'kind', r.value->>'key', r.value->>'space', json_object(?1, r.value->>'until') from json_each(?2) r where true
on conflict (kind, key, space) do update set holders = case
  when not exists (select 1 from json_each(h.holders) u where u.value > ?3) then json_patch(h.holders, excluded.holders)
end`

	sqliteEnd = `
update {entries} set open = ?3, body = ?4, revision = revision + 1 where id = ?1 and revision = ?2`

	// json_patch removes a member that is null.
	sqliteChange = `
insert into {holds} as h (kind, key, space, holders)
select r.value->>'kind', r.value->>'key', r.value->>'space', json_patch('{}', json_object(?1, r.value->>'until')) from json_each(?2) r where true
on conflict (kind, key, space) do update set holders = case
  when h.kind <> 'o' or json_patch(h.holders, json_object(?1, null)) = '{}'
  then json_patch(json_patch(h.holders, json_object(?1, null)), excluded.holders)
end`

	sqliteHolders = `
select e.body from {entries} e where e.id in (
  select ?1 union
  select u.key from json_each(?2) r
  join {holds} h on h.kind = r.value->>'kind' and h.key = r.value->>'key' and h.space = r.value->>'space', json_each(h.holders) u)
order by e.started, e.id`

	sqliteDelete = `
delete from {entries} where id = ?1 and revision = ?2`

	sqliteForget = `
delete from {history} where number in (select value from json_each(?2)) and entry = ?1`

	sqliteRelease = `
update {holds} as h set holders = json_patch(json_patch(h.holders, json_object(?1, null)),
  case when h.kind = 'o' and json_patch(h.holders, json_object(?1, null)) <> h.holders then '{"": 0}' else '{}' end)
from json_each(?2) r
where h.kind = r.value->>'kind' and h.key = r.value->>'key' and h.space = r.value->>'space'`

	sqliteSweep = `
delete from {holds} where holders = '{}' and (kind, key, space) in
  (select r.value->>'kind', r.value->>'key', r.value->>'space' from json_each(?1) r)`
)

// sqliteWrites are the statements that a writer executes.
func sqliteWrites() []string {
	return []string{sqliteSave, sqliteUndo, sqliteSaved, sqliteBegin, sqliteHistory, sqliteClaim, sqliteEnd, sqliteChange, sqliteDelete, sqliteForget, sqliteRelease, sqliteSweep}
}
