#include "schemas/acte.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "base/cut.h"
#include "base/strings.h"
#include "schemas/pes_reader.h"
#include "xml/parser.h"

namespace sceau::schemas {

enum class ActeNode : uint8_t {
  kOther,
  kRoot,
  kActeRecu,
  kFile,
  kFileName,
  kFileSignature,
  kAnnexes,
  kMatter,
  kSubject,
  kDate,
  kNature,
  kDetail,
  kIdCl,
};

namespace {

using N = ActeNode;

// By name in the namespace of @CTES; `parent` kOther: below any element that is read.
struct Step {
  N parent;
  std::string_view name;
  N child;
};
constexpr Step kSteps[] = {
    {N::kFile, "NomFichier", N::kFileName},
    {N::kFile, "Signature", N::kFileSignature},
    {N::kRoot, "Date", N::kDate},
    {N::kRoot, "Nature", N::kNature},
    {N::kRoot, "Detail", N::kDetail},
    {N::kRoot, "ActeRecu", N::kActeRecu},
    {N::kOther, "Document", N::kFile},
    {N::kOther, "Annexe", N::kFile},
    {N::kOther, "Formulaire", N::kFile},
    {N::kOther, "Annexes", N::kAnnexes},
    {N::kOther, "Objet", N::kSubject},
    {N::kOther, "IDCL", N::kIdCl},
    {N::kOther, "CodeMatiere1", N::kMatter},
    {N::kOther, "CodeMatiere2", N::kMatter},
    {N::kOther, "CodeMatiere3", N::kMatter},
    {N::kOther, "CodeMatiere4", N::kMatter},
    {N::kOther, "CodeMatiere5", N::kMatter},
};

// What stands in a file's signature, or in a value, is not the message's.
bool HoldsNothingRead(N node) {
  return node == N::kFileSignature || node == N::kFileName || node == N::kSubject ||
         node == N::kDate || node == N::kNature || node == N::kDetail;
}

N Classify(const std::vector<N>& open, const xml::StartElement& element) {
  if (open.empty()) return N::kRoot;
  if (element.uri != kActesNamespace) return N::kOther;
  for (const Step& step : kSteps) {
    const bool here = step.parent == open.back() || step.parent == N::kOther;
    if (here && step.name == element.local) return step.child;
  }
  return N::kOther;
}

// The attributes are in the namespace too (attributeFormDefault is qualified); Nombre of Annexes in
// some files is not.
std::string AttributeOf(const xml::StartElement& element, std::string_view name) {
  for (const xml::Attribute& it : element.attributes) {
    if (it.local == name && it.prefix != "xml") return std::string(it.value);
  }
  return "";
}

bool IsText(N node) { return node != N::kFileSignature && HoldsNothingRead(node); }

}  // namespace

Status ActeReader::OnStart(const xml::StartElement& element) {
  const bool inside = std::any_of(open_.begin(), open_.end(), HoldsNothingRead);
  const N node = inside ? N::kOther : Classify(open_, element);
  open_.push_back(node);
  const Place place{element.line, element.column, std::string(element.qname)};
  if (node == N::kRoot) {
    facts_.message = std::string(element.local);
    facts_.place = place;
  }
  if (node == N::kFile) {
    if (facts_.files.size() >= kMaxFiles) {
      return Error(Reason::kXmlLimitExceeded, element.local, place);
    }
    facts_.files.push_back({.element = std::string(element.local),
                            .prefix = std::string(element.prefix),
                            .place = place});
  }
  if (node == N::kFileSignature) facts_.files.back().has_signature = true;
  TakeAttributes(node, element);
  if (IsText(node)) text_.clear();
  return OkStatus();
}

void ActeReader::TakeAttributes(ActeNode node, const xml::StartElement& element) {
  const auto take = [&](std::string_view name, std::string& into) {
    if (into.empty()) into = AttributeOf(element, name);
  };
  if (node == N::kRoot || node == N::kActeRecu) {
    take("NumeroInterne", facts_.number);
    take("Date", facts_.date);
    take("CodeNatureActe", facts_.nature);
    take("IDActe", facts_.identifier);
    take("DateReception", facts_.reception_date);
  } else if (node == N::kIdCl) {
    take("SIREN", facts_.siren);
  } else if (node == N::kAnnexes) {
    take("Nombre", facts_.annexes_stated);
    facts_.annexes_place = {element.line, element.column, std::string(element.qname)};
  } else if (node == N::kMatter) {
    AppendTo(facts_.matter, facts_.matter.empty() ? "" : ".", AttributeOf(element, "CodeMatiere"));
  }
}

Status ActeReader::OnText(std::string_view text) {
  if (open_.empty() || !IsText(open_.back())) return OkStatus();
  text_.append(Cut(text, kMaxText - std::min(kMaxText, text_.size())));
  return OkStatus();
}

Status ActeReader::OnEnd(const xml::EndElement& element) {
  const N node = open_.back();
  open_.pop_back();
  if (IsText(node)) TakeText(node, element.bytes.end());
  return OkStatus();
}

void ActeReader::TakeText(ActeNode node, int64_t end) {
  std::string value(absl::StripAsciiWhitespace(text_));
  if (node == N::kFileName) {
    ActeFile& file = facts_.files.back();
    // Which one is meant? Nothing is signed or verified by a name that stands twice.
    file.name = ++file.names == 1 ? std::move(value) : "";
    file.name_end = end;
    return;
  }
  std::string& into = node == N::kSubject  ? facts_.subject
                      : node == N::kDate   ? facts_.anomaly_date
                      : node == N::kNature ? facts_.anomaly_nature
                                           : facts_.anomaly_detail;
  if (into.empty()) into = std::move(value);
}

bool ActeReader::InFileSignature() const {
  return !open_.empty() && open_.back() == N::kFileSignature;
}

StatusOr<ActeFacts> ReadActe(const InputFile& file) {
  class Opener final : public xml::Handler {
   public:
    Status OnStart(const xml::StartElement& element) override {
      if (element.depth == 1 && !IsActes(KindOf(element))) {
        return Error(Reason::kDocumentUnknown, element.qname,
                     {element.line, element.column, std::string(element.qname)});
      }
      return reader.OnStart(element);
    }
    Status OnEnd(const xml::EndElement& element) override { return reader.OnEnd(element); }
    Status OnText(std::string_view text) override { return reader.OnText(text); }
    ActeReader reader;
  };
  Opener opener;
  SCEAU_RETURN_IF_ERROR(xml::Parse(file, opener).status());
  return std::move(opener.reader.facts());
}

}  // namespace sceau::schemas
