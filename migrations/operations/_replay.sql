-- Idempotency keys: what was answered under one is kept for 24 hours, and answered again to the same request. All of it is
-- under the owner's lock, so that of two requests with one key the second finds what the first has kept.

-- What is kept under a key: the rows, with the outcome `replayed`, or `repeated` where it is this very request that has
-- kept them; one row with the outcome `key_reused` where another one has used the key; and none where it is new, or older
-- than 24 hours.
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

-- Keeps what is answered under a key, where there is one, and removes up to ten of the owner's keys that have expired:
-- more than come, so that they do not pile up. (What a user leaves who never comes back, `purge_trash` removes.)
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
