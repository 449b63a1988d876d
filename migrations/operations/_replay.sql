-- Idempotency keys: the answer to a request with a key is kept for 24 hours, and given again to the same request. All
-- of this happens under the owner's lock. So if two requests have the same key, the second finds the answer to the
-- first.

-- What is kept under a key:
-- - the rows of the answer with the outcome `replayed`, or `repeated` if this very request has kept them;
-- - one row with the outcome `key_reused` if a different request has used the key;
-- - no row if the key is new or older than 24 hours.
create function operations.kept(p_owner operations.owner, p_key text, p_hash bytea) returns setof operations.answer
language plpgsql stable
as $$
#variable_conflict use_column
declare
    v_kept public.idempotency_keys;
    v_answer operations.answer;
begin
    select k.* into v_kept
    from public.idempotency_keys k
    where k.owner_user_id = p_owner.id and k.key = p_key and k.created_at > clock_timestamp() - interval '24 hours';
    if v_kept.request_hash <> p_hash then
        v_answer.outcome := 'key_reused';
        return next v_answer;
    elsif v_kept.key is not null then
        for v_answer in select * from jsonb_populate_recordset(null::operations.answer, v_kept.answers) loop
            v_answer.outcome := case when p_owner.is_repeated then 'repeated' else 'replayed' end;
            return next v_answer;
        end loop;
    end if;
end
$$;

-- Keeps an answer under the request's key, if it has one, and removes up to ten of the owner's expired keys. It removes
-- more than it adds, so they do not pile up. (If a user never comes back, `purge_trash` removes the rest.)
create function operations.keep(p_user text, p_key text, p_hash bytea, p_answers operations.answer[]) returns void
language plpgsql volatile
as $$
#variable_conflict use_column
begin
    if p_key is null then
        return;
    end if;
    insert into public.idempotency_keys as k (owner_user_id, key, request_hash, answers)
    values (p_user, p_key, p_hash, to_jsonb(p_answers))
    on conflict on constraint idempotency_keys_pkey do update set
        request_hash = excluded.request_hash,
        answers = excluded.answers,
        created_at = clock_timestamp();
    delete from public.idempotency_keys k
    where k.owner_user_id = p_user and k.key in (
        select e.key from public.idempotency_keys e
        where e.owner_user_id = p_user and e.created_at <= clock_timestamp() - interval '24 hours'
        order by e.created_at
        limit 10
    );
end
$$;
