-- GET /api/{user_id}/tasks/{task_id}: one of the caller's tasks. Index: tasks_pkey.
create function operations.get_task(p_user text, p_timeout integer, p_id uuid) returns operations.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
begin
    perform operations.enter(p_user, p_timeout);
    return operations.find(p_user, p_id, null, false);
end
$$;
