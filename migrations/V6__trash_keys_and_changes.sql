-- The trash, idempotency keys, and what the feed of changes says of tasks that are gone for good.

-- safe: nothing has been released yet, so there are few rows to write anew and nobody waits for them
alter table tasks
    -- Since when the task is in the trash; null while it is not.
    add column deleted_at timestamptz,
    -- Which of the lists a task stands in: 0 pending, 1 completed, 2 the trash. The indexes of all orders begin with it.
    -- Generated, so that it is right whatever version of the operations writes.
    add column state smallint not null generated always as (
        case when deleted_at is not null then 2 when completed then 1 else 0 end
    ) stored;

-- safe: it waits for nobody, and an older operation that inserts gets what these defaults say
alter table users
    add column deleted_tasks bigint not null default 0,
    -- Tombstones up to this revision may have been removed: the feed of changes can begin no earlier.
    add column purge_floor bigint not null default 0,
    -- A user's revisions begin at the clock: 64 for each millisecond since 1970, which is more than one user can ever
    -- write. So a user who is erased and comes back has none that they had before, and no entity tag of then matches.
    -- Until the year 2109 it stays below 2^48, and so below what JavaScript's numbers hold.
    alter column revision set default (extract(epoch from clock_timestamp()) * 1000)::bigint * 64;

alter table users
    add constraint users_deleted_tasks_not_negative check (deleted_tasks >= 0) not valid;

-- safe: these two are as strict as those that they replace, which ran a regular expression of 200 states for every write
alter table tasks
    drop constraint tasks_position_digits,
    drop constraint tasks_tags_length;
alter table tasks
    add constraint tasks_position_digits check (
        char_length(position) between 1 and 200 and translate(position, '0123456789abcdef', '') = ''
    ) not valid,
    -- Where all of them together are not too long, none is.
    add constraint tasks_tags_length check (
        '' <> all (tags)
        and (char_length(array_to_string(tags, ',')) <= 50 or array_to_string(tags, ',') !~ '[^,]{51}')
    ) not valid;

-- What is left of a task that is gone for good: that it was deleted, for whoever asks what has changed since.
create table tombstones (
    owner_user_id text collate "C" not null,
    id uuid not null,
    -- The owner's, when the task was deleted.
    revision bigint not null,
    deleted_at timestamptz not null,
    constraint tombstones_pkey primary key (owner_user_id, id),
    -- GET /api/{user_id}/tasks/changes.
    constraint tombstones_by_revision unique (owner_user_id, revision),
    constraint tombstones_owner_fkey foreign key (owner_user_id) references users (id) on delete cascade
);

-- What was answered to a request that had an Idempotency-Key.
create table idempotency_keys (
    owner_user_id text collate "C" not null,
    key text collate "C" not null,
    -- SHA-256 of what was asked for: another request under the same key is refused.
    request_hash bytea not null,
    -- The rows that were answered, as an array.
    answers jsonb not null,
    created_at timestamptz not null default clock_timestamp(),
    constraint idempotency_keys_pkey primary key (owner_user_id, key),
    constraint idempotency_keys_owner_fkey foreign key (owner_user_id) references users (id) on delete cascade,
    constraint idempotency_keys_key_visible check (key ~ '^[!-~]+$' and char_length(key) <= 255),
    constraint idempotency_keys_request_hash_length check (octet_length(request_hash) = 32)
);

-- Which of an owner's have expired.
create index idempotency_keys_by_age on idempotency_keys (owner_user_id, created_at);

alter table tombstones enable row level security;
alter table tombstones force row level security;
create policy tombstones_own on tombstones to task_api
    using (owner_user_id = current_setting('app.user_id', true))
    with check (owner_user_id = current_setting('app.user_id', true));

alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy idempotency_keys_own on idempotency_keys to task_api
    using (owner_user_id = current_setting('app.user_id', true))
    with check (owner_user_id = current_setting('app.user_id', true));

grant update (deleted_at) on tasks to task_api;
-- A user goes with all that is theirs; `on delete cascade` needs no right to the other tables.
grant delete, update (deleted_tasks) on users to task_api;
grant select, insert, delete, update (revision, deleted_at) on tombstones to task_api;
grant select, insert, delete, update (request_hash, answers, created_at) on idempotency_keys to task_api;

-- The role that purges works on all users, but sees no task outside the trash, and no title in it. Under the policies of
-- `task_api`, which know one user, it would find nothing and say nothing. Roles belong to the whole server: another
-- database of it may have made this one, even at the same moment.
-- safe: it makes a role that nobody uses yet, and touches no table
do $$
begin
    create role task_api_purge nologin nosuperuser nocreatedb nocreaterole noinherit nobypassrls noreplication;
exception when duplicate_object or unique_violation then
    raise notice 'the role task_api_purge exists already';
end
$$;

-- The login that migrates gives it its operation, as V1 says of task_api.
-- safe: it gives the owner of all tables the right to be a role that may do less
do $$
declare
    can_be text := case when current_setting('server_version_num')::int < 160000 then 'member' else 'set' end;
begin
    if not pg_has_role(current_user, 'task_api_purge', can_be) then
        execute format('grant task_api_purge to %I', current_user);
    end if;
end
$$;

grant usage on schema public to task_api_purge;
-- safe: a policy of a role that nobody has used yet; those of task_api stay as they are
create policy users_purge on users to task_api_purge using (true);
-- safe: that role again, which sees the trash alone
create policy tasks_purge on tasks to task_api_purge using (deleted_at is not null);
create policy tombstones_purge on tombstones to task_api_purge using (true);
create policy idempotency_keys_purge on idempotency_keys to task_api_purge using (true);
grant select (id, revision, deleted_tasks, purge_floor), update (revision, deleted_tasks, purge_floor) on users
    to task_api_purge;
grant select (owner_user_id, id, revision, deleted_at, state), delete on tasks to task_api_purge;
grant select, insert, delete, update (revision, deleted_at) on tombstones to task_api_purge;
grant select (owner_user_id, created_at), delete on idempotency_keys to task_api_purge;
