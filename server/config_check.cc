#include "server/config_check.h"

#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "absl/strings/match.h"
#include "base/file.h"
#include "base/strings.h"
#include "hsm/uri.h"
#include "server/setup.h"

namespace sceau::server {
namespace {

constexpr const char* kMadeAtTheStart = "/run/credentials/";

Status CheckPinFile(const ConfiguredKey& key) {
  if (key.pin_source.empty() || absl::StartsWith(key.pin_source, kMadeAtTheStart)) {
    return OkStatus();
  }
  struct stat file {};
  if (::stat(key.pin_source.c_str(), &file) != 0) {
    return Error(Reason::kPinSourceUnreadable, key.pin_source);
  }
  if ((file.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error(Reason::kPinSourceUnreadable, Concat(key.pin_source, ": chmod 0400"));
  }
  return OkStatus();
}

Status CheckModule(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(path, ignored)) return OkStatus();
  return Error(Reason::kConfigInvalid, path, {.element = "tokens.modules"});
}

}  // namespace

std::vector<Status> CheckConfig(const Config& config, const Clock& clock) {
  std::vector<Status> problems;
  const auto note = [&problems](const Status& status) {
    if (!status.ok()) problems.push_back(status);
  };
  for (const ConfiguredKey& key : config.keys) {
    note(hsm::Uri::Parse(key.uri).status());
    note(CheckPinFile(key));
  }
  for (const std::string& module : config.modules) note(CheckModule(module));
  note(OutputFile::CheckFolder(config.work_folder));
  Config without_keys = config;  // so that no module is loaded
  without_keys.keys.clear();
  note(Setup::Load(without_keys, Lasting{}, clock, nullptr).status());
  return problems;
}

}  // namespace sceau::server
