// The benchmarks' baseline does only what every loader must do. It reads one stream's Singer lines from
// stdin, parses each record with simdjson, and binds the values to one prepared upsert. It uses the
// same SQLite with the same settings as the target, and it validates nothing.
#include <simdjson.h>
#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <string>
#include <unistd.h>
#include <vector>

using namespace simdjson;

namespace {

sqlite3 *db = nullptr;
sqlite3_stmt *insert_row = nullptr;
sqlite3_stmt *keep_state = nullptr;
std::vector<std::string> columns;

void need(int code, int wanted) {
  if (code == wanted) return;
  std::cerr << sqlite3_errmsg(db) << '\n';
  std::exit(1);
}

void run(const std::string &sql) { need(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK); }

const char *METADATA[] = {"_sdc_extracted_at",  "_sdc_received_at", "_sdc_batched_at",     "_sdc_deleted_at",
                          "_sdc_sequence",      "_sdc_table_version", "_sdc_sync_started_at"};

// The first property must be the key and an integer.
void declare(dom::object properties, const std::string &table) {
  std::string create, names, marks, updates;
  for (auto [name, type] : properties) columns.emplace_back(name);
  std::vector<std::string> all = columns;
  for (auto name : METADATA) all.emplace_back(name);
  for (std::size_t at = 0; at < all.size(); ++at) {
    const std::string quoted = "\"" + all[at] + "\"";
    std::string type = "TEXT";
    if (at < columns.size()) {
      dom::element declared;
      const bool known = !properties[all[at]]["type"].get(declared);
      const std::string text = known ? simdjson::to_string(declared) : "";
      if (text.find("integer") != std::string::npos) type = "INTEGER";
      else if (text.find("number") != std::string::npos) type = "REAL";
      else if (text.find("boolean") != std::string::npos) type = "BOOLEAN";
    } else if (at >= columns.size() + 4) type = "INTEGER";
    create += (at ? ", " : "") + quoted + " " + type + (at ? "" : " PRIMARY KEY");
    names += (at ? ", " : "") + quoted;
    marks += at ? ", ?" : "?";
    if (at) updates += (at > 1 ? ", " : "") + quoted + " = excluded." + quoted;
  }
  run("CREATE TABLE IF NOT EXISTS " + table + " (" + create + ")");
  const std::string sql = "INSERT INTO " + table + " (" + names + ") VALUES (" + marks + ") ON CONFLICT (\"" +
                          columns[0] + "\") DO UPDATE SET " + updates;
  need(sqlite3_prepare_v2(db, sql.c_str(), -1, &insert_row, nullptr), SQLITE_OK);
}

void bind(int at, dom::element value) {
  switch (value.type()) {
    case dom::element_type::INT64: sqlite3_bind_int64(insert_row, at, value.get_int64().value_unsafe()); break;
    case dom::element_type::UINT64: sqlite3_bind_double(insert_row, at, value.get_double().value_unsafe()); break;
    case dom::element_type::DOUBLE: sqlite3_bind_double(insert_row, at, value.get_double().value_unsafe()); break;
    case dom::element_type::BOOL: sqlite3_bind_int(insert_row, at, value.get_bool().value_unsafe()); break;
    case dom::element_type::STRING: {
      const std::string_view text = value.get_string().value_unsafe();
      sqlite3_bind_text(insert_row, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
      break;
    }
    default: sqlite3_bind_null(insert_row, at);
  }
}

void write(dom::element message, const char *now, sqlite3_int64 milliseconds) {
  // A property is bound only if it is at its position in the schema, as in the benchmark's records.
  std::size_t at = 0;
  dom::object record = message["record"].get_object().value_unsafe();
  for (auto [name, value] : record) {
    if (at < columns.size() && name == columns[at]) bind(static_cast<int>(at) + 1, value);
    at += 1;
  }
  const int first = static_cast<int>(columns.size()) + 1;
  dom::element extracted;
  if (!message["time_extracted"].get(extracted)) bind(first, extracted);
  sqlite3_bind_text(insert_row, first + 1, now, -1, SQLITE_STATIC);
  sqlite3_bind_text(insert_row, first + 2, now, -1, SQLITE_STATIC);
  sqlite3_bind_int64(insert_row, first + 4, milliseconds);
  sqlite3_bind_int64(insert_row, first + 6, milliseconds);
  need(sqlite3_step(insert_row), SQLITE_DONE);
  sqlite3_reset(insert_row);
}

void commit(const std::string &state) {
  sqlite3_bind_text(keep_state, 1, state.data(), static_cast<int>(state.size()), SQLITE_STATIC);
  need(sqlite3_step(keep_state), SQLITE_DONE);
  sqlite3_reset(keep_state);
  run("COMMIT");
  std::puts(state.c_str());
}

}  // namespace

// Usage: baseline DATABASE ROWS_PER_COMMIT. Commits at the first STATE after that many rows.
int main(int count, char **arguments) {
  if (count != 3) return 2;
  const long rows_a_commit = std::atol(arguments[2]);
  need(sqlite3_open(arguments[1], &db), SQLITE_OK);
  run("PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536");
  run("CREATE TABLE IF NOT EXISTS _singer_state (id INTEGER PRIMARY KEY, value TEXT)");
  need(sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO _singer_state VALUES (1, ?)", -1, &keep_state, nullptr), SQLITE_OK);
  dom::parser parser;
  std::string buffer, state;
  std::vector<char> chunk(1 << 16);
  long rows = 0;
  bool open = false;
  const sqlite3_int64 started = static_cast<sqlite3_int64>(std::time(nullptr)) * 1000;
  for (ssize_t got; (got = read(0, chunk.data(), chunk.size())) > 0;) {
    buffer.append(chunk.data(), static_cast<std::size_t>(got));
    std::size_t start = 0;
    for (std::size_t end; (end = buffer.find('\n', start)) != std::string::npos; start = end + 1) {
      dom::element message;
      if (parser.parse(buffer.data() + start, end - start, true).get(message)) return 1;
      const std::string_view type = message["type"].get_string().value_unsafe();
      if (!open) { run("BEGIN IMMEDIATE"); open = true; }
      if (type == "RECORD") { write(message, "2026-11-24T05:00:00.000Z", started); rows += 1; }
      else if (type == "STATE") {
        state = simdjson::minify(message["value"].value_unsafe());
        if (rows >= rows_a_commit) { commit(state); rows = 0; open = false; }
      } else if (type == "SCHEMA")
        declare(message["schema"]["properties"].get_object().value_unsafe(),
                "\"" + std::string(message["stream"].get_string().value_unsafe()) + "\"");
    }
    buffer.erase(0, start);
  }
  if (open) commit(state);
  sqlite3_finalize(insert_row);
  sqlite3_finalize(keep_state);
  run("PRAGMA wal_checkpoint(TRUNCATE)");
  sqlite3_close(db);
  return 0;
}
