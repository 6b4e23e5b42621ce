// The report of `sceau verify` in the form that was asked for, written file by file: of many files
// only what a summary needs stays in memory.
#pragma once

#include <memory>
#include <string_view>

#include "base/json.h"
#include "base/lang.h"
#include "base/status.h"
#include "verifier/audit_evidence.h"
#include "verifier/report.h"

namespace sceau::cli {

class ReportWriter {
 public:
  virtual ~ReportWriter() = default;
  virtual Status File(const verifier::FileReport& report) = 0;
  // What an audit log said of the files; before Finish. Text and ETSI's form have no place for it:
  // the command says it beside them.
  virtual void Log(const verifier::LogAccount&) {}
  virtual Status Finish() = 0;
};

// "text", "json", "html" or "etsi". Error: kUsage for any other form.
StatusOr<std::unique_ptr<ReportWriter>> MakeReportWriter(std::string_view form, Lang lang,
                                                         TextSink sink);

}  // namespace sceau::cli
