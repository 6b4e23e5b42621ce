// The script of the shim, for the test and for the module itself.
#include <cstdlib>
#include <sstream>

#include "tests/support/require.h"
#include "tests/support/shim.h"

namespace sceau::test {
namespace {

struct Code {
  std::string_view name;
  CK_RV code;
};
constexpr Code kCodes[] = {
    {"CKR_CRYPTOKI_NOT_INITIALIZED", CKR_CRYPTOKI_NOT_INITIALIZED},
    {"CKR_DEVICE_ERROR", CKR_DEVICE_ERROR},
    {"CKR_DEVICE_REMOVED", CKR_DEVICE_REMOVED},
    {"CKR_FUNCTION_CANCELED", CKR_FUNCTION_CANCELED},
    {"CKR_FUNCTION_FAILED", CKR_FUNCTION_FAILED},
    {"CKR_GENERAL_ERROR", CKR_GENERAL_ERROR},
    {"CKR_KEY_HANDLE_INVALID", CKR_KEY_HANDLE_INVALID},
    {"CKR_OBJECT_HANDLE_INVALID", CKR_OBJECT_HANDLE_INVALID},
    {"CKR_PIN_EXPIRED", CKR_PIN_EXPIRED},
    {"CKR_PIN_INCORRECT", CKR_PIN_INCORRECT},
    {"CKR_PIN_LEN_RANGE", CKR_PIN_LEN_RANGE},
    {"CKR_PIN_LOCKED", CKR_PIN_LOCKED},
    {"CKR_SESSION_CLOSED", CKR_SESSION_CLOSED},
    {"CKR_SESSION_COUNT", CKR_SESSION_COUNT},
    {"CKR_SESSION_HANDLE_INVALID", CKR_SESSION_HANDLE_INVALID},
    {"CKR_SLOT_ID_INVALID", CKR_SLOT_ID_INVALID},
    {"CKR_TOKEN_NOT_PRESENT", CKR_TOKEN_NOT_PRESENT},
    {"CKR_TOKEN_NOT_RECOGNIZED", CKR_TOKEN_NOT_RECOGNIZED},
    {"CKR_USER_NOT_LOGGED_IN", CKR_USER_NOT_LOGGED_IN},
};

CK_RV CodeOf(const std::string& word) {
  for (const Code& row : kCodes) {
    if (row.name == word) return row.code;
  }
  char* end = nullptr;
  const CK_RV code = std::strtoul(word.c_str(), &end, 0);
  Require(*end == '\0' && code != CKR_OK, "shim script: " + word);
  return code;
}

void Read(const std::string& word, ShimRule& rule) {
  const size_t equals = word.find('=');
  const std::string name = word.substr(0, equals);
  const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
  if (name == "skip") {
    rule.skip = std::stoi(value);
  } else if (name == "times") {
    rule.times = std::stoi(value);
  } else if (name == "delay") {
    rule.delay_ms = std::stoi(value);  // "20ms"
  } else if (name == "token") {
    rule.token = value;
  } else if (name == "done") {
    rule.done = true;
  } else if (name == "hang") {
    rule.hang = true;
  } else if (name == "flip") {
    rule.flip = true;
  } else {
    rule.code = CodeOf(word);
  }
}

}  // namespace

void Shim::Play(std::string_view script) {
  std::istringstream lines{std::string(script)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    ShimRule rule;
    if (!(words >> rule.call)) continue;
    for (std::string word; words >> word;) Read(word, rule);
    const std::lock_guard lock(mutex);
    rules.push_back(rule);
  }
}

void Shim::Release() {
  {
    const std::lock_guard lock(mutex);
    ended = true;
    rules.clear();
  }
  released.notify_all();
}

void Shim::Remove(const std::string& token) {
  const std::lock_guard lock(mutex);
  away = token;
}

void Shim::PutBack() {
  const std::lock_guard lock(mutex);
  away.clear();
  ++turn;
}

}  // namespace sceau::test
