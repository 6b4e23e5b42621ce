// The daemon's log: one line per event, key=value, to standard error.
//
// Values are quoted and escaped, so that a value can never look like another line or field. No
// document content and no PIN is ever given to it.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace sceau::server {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

using LogFields = std::initializer_list<std::pair<std::string_view, std::string>>;

// `name`: "debug", "info", "warning", "error"; others count as "info".
void SetLogLevel(std::string_view name);
void Log(LogLevel level, std::string_view event, LogFields fields = {});

// As the log writes a value: bare when it is a plain word, else quoted.
std::string LogValue(std::string_view value);

}  // namespace sceau::server
