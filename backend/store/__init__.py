"""The database: engine, session, clock, ids, migrations, and the servers that come with the program."""
