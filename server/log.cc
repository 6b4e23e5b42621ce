#include "server/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "base/cut.h"
#include "base/strings.h"

namespace sceau::server {
namespace {

constexpr size_t kMaxValue = 4000;  // bytes; what was recorded stands in the audit log whole

spdlog::logger& Logger() {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto made = std::make_shared<spdlog::logger>("sceaud",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("time=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v", spdlog::pattern_time_type::utc);
    return made;
  }();
  return *logger;
}

constexpr spdlog::level::level_enum LevelOf(LogLevel level) {
  constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::debug, spdlog::level::info,
                                                   spdlog::level::warn, spdlog::level::err};
  return kLevels[static_cast<int>(level)];
}

}  // namespace

void SetLogLevel(std::string_view name) {
  static const std::map<std::string_view, LogLevel> kNames = {{"debug", LogLevel::kDebug},
                                                              {"info", LogLevel::kInfo},
                                                              {"warning", LogLevel::kWarning},
                                                              {"error", LogLevel::kError}};
  const auto found = kNames.find(name);
  Logger().set_level(LevelOf(found == kNames.end() ? LogLevel::kInfo : found->second));
}

std::string LogValue(std::string_view value) {
  const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return absl::ascii_isgraph(byte) && c != '"' && c != '=' && c != '\\';
  });
  return plain ? std::string(value) : Concat("\"", absl::CHexEscape(Absl(value)), "\"");
}

void Log(LogLevel level, std::string_view event, LogFields fields) {
  std::string line = Concat("event=", LogValue(event));
  for (const auto& [key, value] : fields) {
    AppendTo(line, " ", key, "=", LogValue(Cut(value, kMaxValue)));
  }
  Logger().log(LevelOf(level), line);
}

}  // namespace sceau::server
