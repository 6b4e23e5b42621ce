#include "schemas/acte_rules.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "base/strings.h"

namespace sceau::schemas {
namespace {

struct Extension {
  std::string_view text;
  ContentType type;
};
constexpr Extension kExtensions[] = {{"pdf", ContentType::kPdf},
                                     {"jpg", ContentType::kJpeg},
                                     {"jpeg", ContentType::kJpeg},
                                     {"png", ContentType::kPng},
                                     {"xml", ContentType::kXml}};

// The type that a name says; unset: none that is taken.
std::optional<ContentType> StatedType(std::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return std::nullopt;
  const std::string extension = absl::AsciiStrToLower(Absl(name.substr(dot + 1)));
  for (const Extension& it : kExtensions) {
    if (it.text == extension) return it.type;
  }
  return std::nullopt;
}

bool IsPlainName(std::string_view name) {
  return !name.empty() && name[0] != '.' && name.find_first_of("/\\:") == std::string_view::npos;
}

class Check {
 public:
  explicit Check(const ActeFacts& facts) : facts_(facts) {}

  std::vector<Finding> Run() {
    if (facts_.IsAnomaly()) {
      Add(Severity::kError, "ACTE_ANOMALY", facts_.place, facts_.anomaly_detail,
          facts_.anomaly_nature);
    }
    for (const ActeFile& file : facts_.files) One(file);
    Annexes();
    return std::move(out_);
  }

 private:
  void Add(Severity severity, std::string_view rule, const Place& place, std::string detail,
           std::string value = "") {
    out_.push_back({severity, std::string(rule), place, std::move(detail), std::move(value)});
  }

  void One(const ActeFile& file) {
    if (file.names != 1 || !IsPlainName(file.name)) {
      return Add(Severity::kError, "ACTE_FILE_NAME", file.place, "", file.name);
    }
    // Names differ for every receiver: also for one that knows no upper case.
    if (!names_.insert(absl::AsciiStrToLower(file.name)).second) {
      Add(Severity::kError, "ACTE_FILE_DUPLICATE", file.place, "", file.name);
    }
    if (!StatedType(file.name)) {
      Add(Severity::kError, "ACTE_FILE_TYPE", file.place, "", file.name);
    }
  }

  void Annexes() {
    if (facts_.annexes_stated.empty()) return;
    const auto count = std::count_if(facts_.files.begin(), facts_.files.end(),
                                     [](const ActeFile& it) { return it.element == "Annexe"; });
    int64_t stated = 0;
    if (absl::SimpleAtoi(facts_.annexes_stated, &stated) && stated == count) return;
    Add(Severity::kError, "ACTE_ANNEXES_COUNT", facts_.annexes_place,
        Concat(facts_.annexes_stated, " / ", count), facts_.annexes_stated);
  }

  const ActeFacts& facts_;
  std::set<std::string> names_;
  std::vector<Finding> out_;
};

}  // namespace

std::vector<Finding> CheckActe(const ActeFacts& facts) { return Check(facts).Run(); }

StatusOr<ContentType> CheckActeFile(const InputFile& file, const std::string& name,
                                    const Place& place, const OpenOptions& open,
                                    std::vector<Finding>& findings) {
  SCEAU_ASSIGN_OR_RETURN(
      const std::string head,
      file.Slice(0, static_cast<size_t>(std::min<int64_t>(file.size(), kContentHead))));
  const ContentType type = ContentTypeOf(head);
  const bool taken = std::any_of(std::begin(kExtensions), std::end(kExtensions),
                                 [&](const Extension& it) { return it.type == type; });
  const std::optional<ContentType> stated = StatedType(name);
  if (!taken) {
    findings.push_back(
        {Severity::kError, "ACTE_FILE_TYPE", place, std::string(NameOf(type)), name});
  } else if (stated && *stated != type) {
    findings.push_back(
        {Severity::kError, "ACTE_FILE_TYPE_MISMATCH", place, std::string(NameOf(type)), name});
  }
  std::vector<Finding> inside;
  ContentOpener(open).Open(file, type, place, inside);
  for (Finding& it : inside) {
    it.detail = Concat(name, it.detail.empty() ? "" : ": ", it.detail);
    findings.push_back(std::move(it));
  }
  return type;
}

Status CheckActeFiles(const ActeFacts& facts, const std::vector<GivenFile>& given,
                      const OpenOptions& open, std::vector<Finding>& findings) {
  std::set<std::string_view> named;
  for (const ActeFile& it : facts.files) {
    // One without a name, or with two, was said; of two of one name the first is the file.
    if (it.name.empty() || !named.insert(it.name).second) continue;
    const auto found = std::find_if(given.begin(), given.end(),
                                    [&](const GivenFile& each) { return each.name == it.name; });
    if (found == given.end()) {
      findings.push_back({Severity::kWarning, "ACTE_FILE_NOT_GIVEN", it.place, "", it.name});
      continue;
    }
    SCEAU_RETURN_IF_ERROR(CheckActeFile(*found->file, it.name, it.place, open, findings).status());
  }
  for (const GivenFile& it : given) {
    if (named.contains(it.name)) continue;
    findings.push_back({Severity::kError, "ACTE_FILE_UNKNOWN", facts.place, "", it.name});
  }
  return OkStatus();
}

}  // namespace sceau::schemas
