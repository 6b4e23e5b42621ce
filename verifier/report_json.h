// The JSON of verification reports, written as it is made.
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "verifier/audit_evidence.h"
#include "verifier/report.h"

namespace sceau::verifier {

// The document, one file after the other; at most one signature of one of them is in memory.
//
// A refused file carries "error", and the document carries the first of them as its own "error",
// as every document of a command that fails does. "summary" counts the files by verdict; "auditLog"
// is there when a log was given.
class JsonReport {
 public:
  JsonReport(Lang lang, const TextSink& sink);
  void File(const FileReport& report);
  void Log(const LogAccount& log) { log_ = log; }
  void Finish();

 private:
  const Lang lang_;
  JsonStream json_;
  std::optional<Status> refusal_;  // the first
  size_t files_ = 0;
  std::map<std::string_view, size_t> verdicts_;
  std::optional<LogAccount> log_;
};

void WriteJson(const std::vector<FileReport>& reports, Lang lang, const TextSink& sink);

}  // namespace sceau::verifier
