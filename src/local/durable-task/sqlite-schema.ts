/** Version of the tables below, kept in the file's `user_version`. */
export const schemaVersion = 1;

export const schema = `
create table instances (
  instance_id text primary key,
  execution_id text not null,
  name text not null,
  version text not null,
  status text not null,
  input text,
  output text,
  custom_status text,
  failure_details text,
  parent text,
  created_at integer not null,
  updated_at integer not null
) without rowid;

create table history (
  instance_id text not null,
  seq integer not null,
  text text not null,
  input text,
  primary key (instance_id, seq)
) without rowid;

create table inbox (
  id integer primary key,
  instance_id text not null,
  message text not null
);

create table entities (
  entity_id text primary key,
  "exists" integer not null,
  state text,
  updated_at integer not null
) without rowid;
`;
