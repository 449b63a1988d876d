-- The trash, idempotency keys, and tombstones, from which the change feed reports tasks that are gone for good.

-- safe: nothing has been released yet, so there are few rows to rewrite and nobody waits for them
alter table tasks
    -- When the task went into the trash; null if it is not there.
    add column deleted_at timestamptz,
    -- The list in which the task is: 0 pending, 1 completed, 2 the trash. The index of each order begins with it, after
    -- the owner. It is generated, so it is right for every version of the operations.
    add column state smallint not null generated always as (
        case when deleted_at is not null then 2 when completed then 1 else 0 end
    ) stored;

-- safe: it is done at once, and a row that an older operation inserts gets these defaults
alter table users
    add column deleted_tasks bigint not null default 0,
    -- Tombstones up to this revision may have been removed, so the change feed cannot begin earlier.
    add column purge_floor bigint not null default 0,
    -- A user's revisions begin with the current time: 64 for each millisecond since 1970. No user can write that often.
    -- So a user who is erased and comes back never gets an old revision again, and no old entity tag matches. The value
    -- stays below 2^48 until the year 2109, and JavaScript's numbers can hold that.
    alter column revision set default (extract(epoch from clock_timestamp()) * 1000)::bigint * 64;

alter table users
    add constraint users_deleted_tasks_not_negative check (deleted_tasks >= 0) not valid;

-- The old constraints ran a regular expression of 200 states for every write.
-- safe: the new constraints are as strict as the old ones
alter table tasks
    drop constraint tasks_position_digits,
    drop constraint tasks_tags_length;
alter table tasks
    add constraint tasks_position_digits check (
        char_length(position) between 1 and 200 and translate(position, '0123456789abcdef', '') = ''
    ) not valid,
    -- If all tags together have at most 50 characters, no tag is too long. So the regular expression runs rarely.
    add constraint tasks_tags_length check (
        '' <> all (tags)
        and (char_length(array_to_string(tags, ',')) <= 50 or array_to_string(tags, ',') !~ '[^,]{51}')
    ) not valid;

-- What remains of a task that is gone for good. The change feed needs it to report the deletion.
create table tombstones (
    owner_user_id text collate "C" not null,
    id uuid not null,
    -- The owner's revision when the task was deleted.
    revision bigint not null,
    deleted_at timestamptz not null,
    constraint tombstones_pkey primary key (owner_user_id, id),
    -- GET /api/{user_id}/tasks/changes.
    constraint tombstones_by_revision unique (owner_user_id, revision),
    constraint tombstones_owner_fkey foreign key (owner_user_id) references users (id) on delete cascade
);

-- The answers to requests that had an Idempotency-Key.
create table idempotency_keys (
    owner_user_id text collate "C" not null,
    key text collate "C" not null,
    -- SHA-256 of the request's content. Another request with the same key is refused.
    request_hash bytea not null,
    -- The rows of the answer, as an array.
    answers jsonb not null,
    created_at timestamptz not null default clock_timestamp(),
    constraint idempotency_keys_pkey primary key (owner_user_id, key),
    constraint idempotency_keys_owner_fkey foreign key (owner_user_id) references users (id) on delete cascade,
    constraint idempotency_keys_key_visible check (key ~ '^[!-~]+$' and char_length(key) <= 255),
    constraint idempotency_keys_request_hash_length check (octet_length(request_hash) = 32)
);

-- Finds an owner's expired keys.
create index idempotency_keys_by_age on idempotency_keys (owner_user_id, created_at);

-- The ids of requests that erased a user. The owner's row is gone then and cannot remember the request, and a late
-- retry must not erase what the same user has created since. The table does not say who the user was.
create table erasures (
    request uuid not null,
    erased_at timestamptz not null default clock_timestamp(),
    constraint erasures_pkey primary key (request)
);

alter table erasures enable row level security;
alter table erasures force row level security;
create policy erasures_add on erasures for insert to task_api with check (true);

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
-- Deleting a user deletes all of the user's rows; `on delete cascade` needs no rights to the other tables.
grant delete, update (deleted_tasks) on users to task_api;
grant insert (request) on erasures to task_api;
grant select, insert, delete, update (revision, deleted_at) on tombstones to task_api;
grant select, insert, delete, update (request_hash, answers, created_at) on idempotency_keys to task_api;

-- The purge works on the rows of all users, so it needs a role of its own: the policies of `task_api` show one user
-- only. This role sees no task outside the trash, and no titles. Roles belong to the whole server, so another database
-- of the same server may have created this one already, or may create it at the same moment.
-- safe: it creates a role that nobody uses yet, and touches no table
do $$
begin
    create role task_api_purge nologin nosuperuser nocreatedb nocreaterole noinherit nobypassrls noreplication;
exception when duplicate_object or unique_violation then
    raise notice 'the role task_api_purge exists already';
end
$$;

-- The role that migrates must be able to make task_api_purge the owner of its operation, as with task_api in V1.
-- safe: the owner of all tables gets the right to become a role that may do less
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
-- safe: it is a policy for a role that nobody uses yet; the policies of task_api do not change
create policy users_purge on users to task_api_purge using (true);
-- safe: it is for the same role, and shows only the trash
create policy tasks_purge on tasks to task_api_purge using (deleted_at is not null);
create policy tombstones_purge on tombstones to task_api_purge using (true);
create policy idempotency_keys_purge on idempotency_keys to task_api_purge using (true);
create policy erasures_purge on erasures to task_api_purge using (true);
grant select (id, revision, deleted_tasks, purge_floor), update (revision, deleted_tasks, purge_floor) on users
    to task_api_purge;
grant select (owner_user_id, id, revision, deleted_at, state), delete on tasks to task_api_purge;
grant select, insert, delete, update (revision, deleted_at) on tombstones to task_api_purge;
grant select (owner_user_id, created_at), delete on idempotency_keys to task_api_purge;
grant select (erased_at), delete on erasures to task_api_purge;
