"""How the database is reached."""

import psycopg
from sqlalchemy import make_url

from sgapp.settings import Settings
from sgapp.store.engine import make_engine, take_turns


def test_a_connection_that_a_network_swallows_is_given_up_within_half_a_minute(postgres_database: str) -> None:
    engine = make_engine(Settings(database_url=postgres_database))
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        told = driver.info.get_parameters()
    engine.dispose()
    assert make_url(postgres_database).database == told["dbname"]
    assert (told["connect_timeout"], told["tcp_user_timeout"], told["keepalives_idle"]) == ("10", "30000", "30")


def test_nothing_waits_for_ever_for_whoever_holds_a_row_and_a_transaction_that_hangs_is_ended(postgres_database: str) -> None:
    engine = make_engine(Settings(database_url=postgres_database))
    with engine.connect() as connection:
        told = [connection.exec_driver_sql(f"SHOW {name}").scalar_one()
                for name in ("lock_timeout", "idle_in_transaction_session_timeout")]
        take_turns(connection)
        told.append(connection.exec_driver_sql("SHOW lock_timeout").scalar_one())
    engine.dispose()
    assert told == ["30s", "10min", "30s"]
