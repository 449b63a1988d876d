-- Validates the constraints of V6 for older rows, without a lock that makes requests wait.
alter table tasks
    validate constraint tasks_position_digits,
    validate constraint tasks_tags_length;

alter table users
    validate constraint users_deleted_tasks_not_negative;
