/** Files that a real MariaDB and a real PostgreSQL write in this very run; where one is not installed its tests are skipped. */
