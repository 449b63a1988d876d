-- Who may call the operations (operations/*.sql), and which versions of them the database holds. From here on a request
-- does not take on the role task_api, as V1 says: it calls an operation, which task_api owns and which runs as that.

-- Every login that may call the operations is a member of this role; it may do nothing else. `migrate` gives each new
-- version of the operations to it, so that it needs no list of logins. Roles belong to the whole server: another
-- database of it may have made this one, even at the same moment.
-- safe: it makes a role that nobody uses yet, and touches no table
do $$
begin
    create role task_api_caller nologin nosuperuser nocreatedb nocreaterole nobypassrls noreplication;
exception when duplicate_object or unique_violation then
    raise notice 'the role task_api_caller exists already';
end
$$;

-- The login that migrates may call them, too: `DATABASE_URL` may name it.
-- safe: it gives the owner of all tables the right to call what works on them
do $$
begin
    if not pg_has_role(current_user, 'task_api_caller', 'usage') then
        execute format('grant task_api_caller to %I', current_user);
    end if;
end
$$;

-- One row a version of the operations: the schema that holds it is named by a hash of its sources.
create table operation_schemas (
    name text collate "C" not null,
    installed_at timestamptz not null default clock_timestamp(),
    -- Since when another one has been the newest release's; null for that itself.
    replaced_at timestamptz,
    constraint operation_schemas_pkey primary key (name)
);
