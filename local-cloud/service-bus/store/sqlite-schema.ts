/** The file's `user_version`. */
export const brokerSchemaVersion = 1;

export const brokerSchema = `
create table queues (
  id integer primary key,
  path text not null unique,
  last_sequence integer not null default 0
);

create table messages (
  queue integer not null,
  sequence integer not null,
  enqueued_sequence integer not null,
  enqueued_at integer not null,
  message_id text not null,
  session_id text,
  partition_key text,
  ttl integer,
  scheduled_for integer,
  expires_at integer,
  annotations blob not null,
  state text not null,
  delivery_count integer not null,
  content blob not null,
  primary key (queue, sequence)
) without rowid;

create table duplicates (
  queue integer not null,
  message_id text not null,
  until integer not null,
  primary key (queue, message_id)
) without rowid;
create index duplicates_by_time on duplicates (queue, until);

create table session_states (
  queue integer not null,
  session_id text not null,
  state blob not null,
  primary key (queue, session_id)
) without rowid;

create table rules (
  queue integer primary key,
  rules text not null,
  configured text not null
);
`;
