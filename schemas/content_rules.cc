#include "schemas/content_rules.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "base/strings.h"

namespace sceau::schemas {
namespace {

using contents::Outcome;

struct OutcomeRule {
  ContentType type;
  Outcome outcome;
  std::string_view rule;
};
constexpr OutcomeRule kOutcomeRules[] = {
    {ContentType::kPdf, Outcome::kLocked, "PDF_LOCKED"},
    {ContentType::kPdf, Outcome::kUnreadable, "PDF_UNREADABLE"},
    {ContentType::kPdf, Outcome::kTooLarge, "CONTENT_LIMIT_EXCEEDED"},
    {ContentType::kPdf, Outcome::kFailed, "CONTENT_READER_FAILED"},
    {ContentType::kZip, Outcome::kUnreadable, "ZIP_UNREADABLE"},
    {ContentType::kZip, Outcome::kTooLarge, "CONTENT_LIMIT_EXCEEDED"},
    {ContentType::kZip, Outcome::kFailed, "CONTENT_READER_FAILED"},
};

// A member that would be written outside the folder it is extracted to.
bool LeavesFolder(std::string_view name) {
  if (name.empty() || name[0] == '/' || name.find('\\') != std::string_view::npos) return true;
  if (name.size() > 1 && name[1] == ':') return true;
  return Concat("/", name, "/").find("/../") != std::string::npos;
}

class Rules {
 public:
  Rules(const Place& place, std::vector<Finding>& out) : place_(place), out_(out) {}

  void Add(Severity severity, std::string_view rule, std::string_view detail = "",
           std::string_view value = "") {
    out_.push_back({severity, std::string(rule), place_, std::string(detail), std::string(value)});
  }

  void Pdf(const contents::PdfFacts& pdf) {
    if (pdf.repaired) Add(Severity::kWarning, "PDF_DAMAGED");
    if (pdf.image_only_pages == 0) return;
    const auto listed = static_cast<int64_t>(pdf.image_only.size());
    Add(Severity::kWarning, "PDF_IMAGE_ONLY",
        Concat(absl::StrJoin(pdf.image_only, ", "), listed < pdf.image_only_pages ? ", ..." : "",
               " / ", pdf.pages));
  }

  void Zip(const contents::ZipFacts& zip) {
    absl::flat_hash_set<std::string> names;
    for (const contents::ZipMember& it : zip.members) {
      if (LeavesFolder(it.name)) Add(Severity::kError, "ZIP_MEMBER_UNSAFE", "", it.name);
      if (it.encrypted) Add(Severity::kError, "ZIP_MEMBER_LOCKED", "", it.name);
      if (!names.insert(absl::AsciiStrToLower(it.name)).second) {
        Add(Severity::kError, "ZIP_MEMBER_DUPLICATE", "", it.name);
      }
    }
  }

 private:
  const Place& place_;
  std::vector<Finding>& out_;
};

}  // namespace

void CheckContent(const contents::Facts& facts, ContentType type, const Place& place,
                  std::vector<Finding>& out) {
  Rules rules(place, out);
  for (const OutcomeRule& it : kOutcomeRules) {
    if (it.type == type && it.outcome == facts.outcome) rules.Add(Severity::kError, it.rule);
  }
  if (facts.pdf) rules.Pdf(*facts.pdf);
  if (facts.zip) rules.Zip(*facts.zip);
}

}  // namespace sceau::schemas
