-- Users, their tasks, and the role that every request takes on.
--
-- A migration that has been applied is never edited: `migrate` compares checksums. The next change is the next file.

-- The role under which all statements of the API run. It has no login, owns nothing and bypasses nothing; each
-- transaction takes it on by set_config('role', …, true), whichever login the connection came in with. Roles belong
-- to the whole server: another database of it may have made this one, even at the same moment.
do $$
begin
    create role task_api nologin nosuperuser nocreatedb nocreaterole noinherit nobypassrls noreplication;
exception when duplicate_object or unique_violation then
    raise notice 'the role task_api exists already';
end
$$;

-- The login that migrates can take on the role, too. Since Postgres 16 to be a member does not say so: who creates a
-- role may administer it, not be it.
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

-- One row a user, made with their first task. Its lock puts the user's writes in order, and its revision is their
-- clock: each write moves it on by one and stamps the task with it.
create table users (
    -- The subject of the user's tokens: opaque, compared byte by byte.
    id text collate "C" not null,
    -- How many writes there have been.
    revision bigint not null default 0,
    -- Random. A user who is erased and comes back starts at revision 0 again, in another epoch, so that nothing that a
    -- client has kept of the former matches the new one.
    epoch uuid not null default gen_random_uuid(),
    -- The last 32 writes, the newest first, by the id that the API gives to each before its first try. One that is tried
    -- again because its acknowledgement was lost finds itself here and is not done twice.
    recent_requests uuid[] not null default '{}',
    created_at timestamptz not null default clock_timestamp(),
    constraint users_pkey primary key (id),
    -- An empty id would match app.user_id as it stands between two transactions.
    constraint users_id_length check (octet_length(id) between 1 and 255),
    constraint users_revision_not_negative check (revision >= 0),
    constraint users_recent_requests_length check (cardinality(recent_requests) <= 32)
);

create table tasks (
    owner_user_id text collate "C" not null,
    -- UUID version 7, made by the API. Unique for its owner only: were it unique for all, a collision would tell one
    -- user of another's task.
    id uuid not null,
    title text collate "C" not null,
    description text collate "C",
    completed boolean not null,
    completed_at timestamptz,
    -- By clock_timestamp() under the owner's lock: now() is when the transaction began, before it waited for the lock,
    -- and would let a later write carry an earlier time.
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

-- The same with ?status=: a page of pending tasks must not read past years of completed ones.
create index tasks_by_completed_created on tasks (owner_user_id, completed, created_at, id);

-- The second wall. The first is the owner in every statement; should one ever lack it, these policies still show and
-- change the caller's rows only. They are forced, so that they hold for the tables' owner too. Where app.user_id is
-- not set it is null or empty and matches nobody.
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

-- What the operations need and no more: nobody's id, owner or time of making ever changes.
grant select, insert (id), update (revision, recent_requests) on users to task_api;
grant select, insert, delete,
    update (title, description, completed, completed_at, updated_at, revision)
    on tasks to task_api;
