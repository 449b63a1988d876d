-- Users, their tasks, and the database role that every request runs as.
--
-- Never edit a migration that has been applied, because `migrate` compares checksums. Put each change into a new file.

-- All statements of the API run as this role. It cannot connect, it owns nothing, and it cannot bypass row-level
-- security. (Since V2, it owns the operations and they run as it.) Roles belong to the whole server, so another
-- database of the same server may have created this one already, or may create it at the same moment.
do $$
begin
    create role task_api nologin nosuperuser nocreatedb nocreaterole noinherit nobypassrls noreplication;
exception when duplicate_object or unique_violation then
    raise notice 'the role task_api exists already';
end
$$;

-- The role that migrates must be able to `set role task_api`. Since Postgres 16 membership is not enough for that: the
-- creator of a role may administer it, but may not become it.
do $$
declare
    can_be text := case when current_setting('server_version_num')::int < 160000 then 'member' else 'set' end;
begin
    if not pg_has_role(current_user, 'task_api', can_be) then
        execute format('grant task_api to %I', current_user);
    end if;
end
$$;

grant usage on schema public to task_api;

-- One row for each user, created with the user's first task. The row's lock puts the user's writes in order. Each write
-- increases the row's revision by one and stores it in the task.
create table users (
    -- The subject of the user's tokens. It is opaque and compared byte by byte.
    id text collate "C" not null,
    -- The number of the user's last write.
    revision bigint not null default 0,
    -- Random. A user who is erased and comes back gets another epoch. So nothing that a client kept from before
    -- matches.
    epoch uuid not null default gen_random_uuid(),
    -- The request ids of the last 32 writes, the newest first. The API gives each request its id before the first
    -- attempt. If the answer is lost, the retry finds its id here and does not write twice.
    recent_requests uuid[] not null default '{}',
    created_at timestamptz not null default clock_timestamp(),
    constraint users_pkey primary key (id),
    -- Between two transactions app.user_id is empty, and an empty id would match it.
    constraint users_id_length check (octet_length(id) between 1 and 255),
    constraint users_revision_not_negative check (revision >= 0),
    constraint users_recent_requests_length check (cardinality(recent_requests) <= 32)
);

create table tasks (
    owner_user_id text collate "C" not null,
    -- A UUID: version 7 if the API made it, any version from a client. It is unique for its owner only. If it were unique
    -- across users, a conflict would tell one user that another user's task exists.
    id uuid not null,
    title text collate "C" not null,
    description text collate "C",
    completed boolean not null,
    completed_at timestamptz,
    -- The times come from clock_timestamp() under the owner's lock. now() is the start of the transaction, before it
    -- waited for the lock, so a later write could get an earlier time.
    created_at timestamptz not null,
    updated_at timestamptz not null,
    -- users.revision at the last write of this task.
    revision bigint not null,
    constraint tasks_pkey primary key (owner_user_id, id),
    constraint tasks_owner_fkey foreign key (owner_user_id) references users (id) on delete cascade,
    constraint tasks_title_length check (char_length(title) between 1 and 200),
    constraint tasks_description_length check (char_length(description) <= 8192),
    constraint tasks_completed_at_iff_completed check (completed = (completed_at is not null)),
    constraint tasks_revision_positive check (revision > 0)
);

-- GET /api/{user_id}/tasks, newest first.
create index tasks_by_created on tasks (owner_user_id, created_at, id);

-- The same with ?status=. A page of pending tasks must not read through years of completed tasks.
create index tasks_by_completed_created on tasks (owner_user_id, completed, created_at, id);

-- The second wall between users. The first wall is that every statement names the owner. If a statement ever lacks the
-- owner, these policies still limit it to the caller's rows. They are forced, so they also apply to the tables' owner.
-- If app.user_id is not set, it is null or empty and matches nobody.
alter table users enable row level security;
alter table users force row level security;
create policy users_self on users to task_api
    using (id = current_setting('app.user_id', true))
    with check (id = current_setting('app.user_id', true));

alter table tasks enable row level security;
alter table tasks force row level security;
create policy tasks_own on tasks to task_api
    using (owner_user_id = current_setting('app.user_id', true))
    with check (owner_user_id = current_setting('app.user_id', true));

-- Only what the operations need. No operation changes an id, an owner or a time of creation.
grant select, insert (id), update (revision, recent_requests) on users to task_api;
grant select, insert, delete,
    update (title, description, completed, completed_at, updated_at, revision)
    on tasks to task_api;
