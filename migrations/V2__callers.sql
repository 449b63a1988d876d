-- Who may call the operations (operations/*.sql), and which versions of them are installed. A request calls an
-- operation. The role task_api owns the operation, and the operation runs as task_api.

-- Every database role that may call the operations is a member of this one, which may do nothing else. `migrate` grants
-- each new version of the operations to it, and so needs no list of the members. Roles belong to the whole server, so
-- another database of the same server may have created this one already, or may create it at the same moment.
-- safe: it creates a role that nobody uses yet, and touches no table
do $$
begin
    create role task_api_caller nologin nosuperuser nocreatedb nocreaterole nobypassrls noreplication;
exception when duplicate_object or unique_violation then
    raise notice 'the role task_api_caller exists already';
end
$$;

-- The role that migrates may call them, too, because `DATABASE_URL` may name that role.
-- safe: the owner of all tables gets the right to call functions that work on these tables
do $$
begin
    if not pg_has_role(current_user, 'task_api_caller', 'usage') then
        execute format('grant task_api_caller to %I', current_user);
    end if;
end
$$;

-- One row for each version of the operations. Its schema is named by a hash of the sources.
create table operation_schemas (
    name text collate "C" not null,
    installed_at timestamptz not null default clock_timestamp(),
    -- When a newer version took its place; null for the newest.
    replaced_at timestamptz,
    constraint operation_schemas_pkey primary key (name)
);
