-- The constraints of V6 for the rows that were there before it, without a lock that keeps requests waiting.
alter table tasks
    validate constraint tasks_position_digits,
    validate constraint tasks_tags_length;

alter table users
    validate constraint users_deleted_tasks_not_negative;
