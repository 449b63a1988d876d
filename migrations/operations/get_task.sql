-- GET /api/{user_id}/tasks/{task_id}: one of the caller's tasks. Index: tasks_pkey.
create function operations.get_task(p_user text, p_timeout integer, p_id uuid) returns operations.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
#variable_conflict use_column
declare
    v_answer operations.answer;
begin
    perform operations.enter(p_user, p_timeout);
    select a.* into v_answer from operations.answer a where a.owner_user_id = p_user and a.id = p_id;
    if not found then
        v_answer.outcome := 'not_found';
    end if;
    return v_answer;
end
$$;
