/**
 * The schema `log`, step by step; steps are added, never changed. The unique key on (tenant, digest) is what makes the
 * same bytes keep their first index, whichever process brings them.
 */
export const MIGRATIONS: readonly string[] = [
  `create schema if not exists log;
   create table log.entry (
     tenant text not null, idx bigint not null check (idx >= 0), digest bytea not null check (length(digest) = 32),
     envelope bytea not null, primary key (tenant, idx), unique (tenant, digest));
   alter table log.entry alter column envelope set storage external;
   create table log.file (tenant text not null, path text not null, bytes bytea not null, primary key (tenant, path));
   create table log.checkpoint (tenant text primary key, note text not null, size bigint not null check (size >= 0));`,
]
