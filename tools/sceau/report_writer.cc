#include "tools/sceau/report_writer.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/strings.h"
#include "tools/sceau/report_etsi.h"
#include "tools/sceau/report_html.h"
#include "tools/sceau/report_text.h"
#include "verifier/report_json.h"

namespace sceau::cli {
namespace {

using verifier::FileReport;

FileOutcome OutcomeOf(const FileReport& report) {
  return {report.file, report.verdict, report.signatures.size()};
}

class TextWriter final : public ReportWriter {
 public:
  TextWriter(Lang lang, TextSink sink) : lang_(lang), sink_(std::move(sink)) {}
  Status File(const FileReport& report) override {
    if (!files_.empty()) sink_("\n");
    WriteReportText(report, lang_, sink_);
    files_.push_back(OutcomeOf(report));
    return OkStatus();
  }
  Status Finish() override {
    if (files_.size() < 2) return OkStatus();
    sink_("\n");
    WriteSummaryText(files_, lang_, sink_);
    return OkStatus();
  }

 private:
  const Lang lang_;
  const TextSink sink_;
  std::vector<FileOutcome> files_;
};

// A page begins with its summary, so the files wait in a file of their own.
class HtmlWriter final : public ReportWriter {
 public:
  HtmlWriter(Lang lang, TextSink sink) : lang_(lang), sink_(std::move(sink)) {}
  Status File(const FileReport& report) override {
    Status status;
    WriteHtmlFile(report, lang_, [&](std::string_view text) {
      if (status.ok()) status = sections_.Append(text);
    });
    files_.push_back(OutcomeOf(report));
    return status;
  }
  void Log(const verifier::LogAccount& log) override { log_ = log; }
  Status Finish() override {
    WriteHtmlHead(lang_, sink_);
    WriteHtmlSummary(files_, lang_, sink_);
    if (log_) WriteHtmlLog(*log_, lang_, sink_);
    SCEAU_ASSIGN_OR_RETURN(const InputFile sections, sections_.Reread());
    constexpr int64_t kPiece = 1 << 16;
    for (int64_t at = 0; at < sections.size(); at += kPiece) {
      const auto length = static_cast<size_t>(std::min(kPiece, sections.size() - at));
      SCEAU_ASSIGN_OR_RETURN(const std::string piece, sections.Slice(at, length));
      sink_(piece);
    }
    WriteHtmlFoot(lang_, sink_);
    return OkStatus();
  }

 private:
  const Lang lang_;
  const TextSink sink_;
  OutputFile sections_ = OutputFile::Unnamed();
  std::vector<FileOutcome> files_;
  std::optional<verifier::LogAccount> log_;
};

// Those whose writer needs no file and cannot fail.
template <typename Report>
class PlainWriter final : public ReportWriter {
 public:
  PlainWriter(Lang lang, const TextSink& sink) : report_(lang, sink) {}
  Status File(const FileReport& report) override {
    report_.File(report);
    return OkStatus();
  }
  void Log([[maybe_unused]] const verifier::LogAccount& log) override {
    if constexpr (requires(Report & it) { it.Log(log); }) report_.Log(log);
  }
  Status Finish() override {
    report_.Finish();
    return OkStatus();
  }

 private:
  Report report_;
};

template <typename Writer>
std::unique_ptr<ReportWriter> Make(Lang lang, TextSink sink) {
  return std::make_unique<Writer>(lang, std::move(sink));
}

struct Form {
  std::string_view name;
  std::unique_ptr<ReportWriter> (*make)(Lang, TextSink);
};
constexpr Form kForms[] = {
    {"text", Make<TextWriter>},
    {"json", Make<PlainWriter<verifier::JsonReport>>},
    {"html", Make<HtmlWriter>},
    {"etsi", Make<PlainWriter<EtsiReport>>},
};

}  // namespace

StatusOr<std::unique_ptr<ReportWriter>> MakeReportWriter(std::string_view form, Lang lang,
                                                         TextSink sink) {
  for (const Form& it : kForms) {
    if (it.name == form) return it.make(lang, std::move(sink));
  }
  return Error(Reason::kUsage, Concat("--report ", form, ": json, html, etsi, text"));
}

}  // namespace sceau::cli
