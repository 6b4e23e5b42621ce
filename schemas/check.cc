#include "schemas/check.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/strings.h"
#include "schemas/budget_agreement.h"
#include "schemas/finding_paths.h"
#include "schemas/inspection_json.h"
#include "schemas/schema_validator.h"
#include "xml/parser.h"

namespace sceau::schemas {
namespace {

constexpr std::string_view kSetMissing = "SCHEMA_SET_MISSING";

// Validates against the sets that know the document element: the first of them, or all the others.
class Trial final : public xml::Handler {
 public:
  struct Run {
    const SchemaSet* set;
    std::unique_ptr<SchemaValidator> validator;
  };

  Trial(const CheckOptions& options, bool first) : options_(options), first_(first) {}

  Status OnStart(const xml::StartElement& element) override {
    if (options_.unwanted != nullptr && *options_.unwanted) return Error(Reason::kCancelled);
    if (element.depth == 1) SCEAU_RETURN_IF_ERROR(Choose(element));
    if (signature_depth_ == 0 && options_.before_signing && element.Is(kDsNamespace, "Signature")) {
      signature_depth_ = element.depth;
    }
    if (signature_depth_ > 0) return OkStatus();
    for (Run& run : runs_) SCEAU_RETURN_IF_ERROR(run.validator->OnStart(element));
    return OkStatus();
  }
  Status OnEnd(const xml::EndElement& element) override {
    if (signature_depth_ > 0) {
      if (element.depth == signature_depth_) signature_depth_ = 0;
      return OkStatus();
    }
    for (Run& run : runs_) SCEAU_RETURN_IF_ERROR(run.validator->OnEnd(element));
    return OkStatus();
  }
  Status OnText(std::string_view text) override {
    if (signature_depth_ > 0) return OkStatus();
    for (Run& run : runs_) SCEAU_RETURN_IF_ERROR(run.validator->OnText(text));
    return OkStatus();
  }

  std::vector<Run>& runs() { return runs_; }
  bool others() const { return others_; }  // sets that were left for a second reading

 private:
  Status Choose(const xml::StartElement& element) {
    std::vector<const SchemaSet*> fitting = options_.catalog->Fitting(element.uri, element.local);
    if (!options_.set.empty()) {
      const SchemaSet* asked = options_.catalog->Find(options_.set);
      if (asked == nullptr || asked->Find(element.uri, element.local) == nullptr) {
        return Error(Reason::kSchemaSetUnknown, options_.set);
      }
      fitting = {asked};
    }
    for (size_t i = 0; i < fitting.size(); ++i) {
      if (first_ != (i == 0)) {
        others_ = true;
        continue;
      }
      SCEAU_ASSIGN_OR_RETURN(auto compiled,
                             options_.catalog->Compiled(
                                 *fitting[i], *fitting[i]->Find(element.uri, element.local)));
      runs_.push_back({fitting[i], std::make_unique<SchemaValidator>(std::move(compiled))});
    }
    return OkStatus();
  }

  const CheckOptions& options_;
  const bool first_;
  bool others_ = false;
  int signature_depth_ = 0;  // of the open ds:Signature that is passed over; 0: none
  std::vector<Run> runs_;
};

bool IsOnSignatures(const Finding& finding) {
  return finding.rule == "INFO_DEMATERIALISEE_MISSING" ||
         finding.rule == "INFO_DEMATERIALISEE_WITHOUT_SIGNATURE";
}

// What to say when a set newer than the one that matched and in force refused the file: at the place
// of its first error. Nothing when the one that matched is the receiver's.
std::optional<Finding> Outdated(const std::vector<Trial::Run>& runs, const SchemaSet& matched,
                                const std::string& day) {
  Finding out{Severity::kWarning, "SCHEMA_SET_OUTDATED", {}, matched.name};
  for (const Trial::Run& run : runs) {
    if (run.set == &matched) break;
    if (!run.set->InForceOn(day)) continue;
    out.place = run.validator->findings().front().place;
    return out;
  }
  if (matched.InForceOn(day)) return std::nullopt;
  return out;
}

void TakeNearest(std::vector<Trial::Run>& runs, Check& check) {
  const auto nearest =
      std::min_element(runs.begin(), runs.end(), [](const Trial::Run& a, const Trial::Run& b) {
        return a.validator->errors() < b.validator->errors();
      });
  check.nearest = nearest->set->name;
  std::vector<Finding>& findings = nearest->validator->findings();
  const int64_t hidden = nearest->validator->errors() - static_cast<int64_t>(findings.size());
  std::move(findings.begin(), findings.end(), std::back_inserter(check.findings));
  if (hidden > 0) {
    check.findings.push_back({Severity::kWarning, "ERRORS_CAPPED", {},
                              Concat(nearest->validator->errors())});
    check.errors += hidden;
  }
}

void Judge(std::vector<Trial::Run>& runs, const CheckOptions& options, Check& check) {
  for (const Trial::Run& run : runs) check.tried.push_back(run.set->name);
  if (runs.empty()) {
    const bool readable = check.inspection.kind != Kind::kPdf;
    if (readable) check.findings.push_back({Severity::kWarning, std::string(kSetMissing), {}, ""});
    return;
  }
  const auto matched = std::find_if(runs.begin(), runs.end(), [](const Trial::Run& run) {
    return run.validator->valid();
  });
  if (matched == runs.end()) return TakeNearest(runs, check);
  check.inspection.schema_set = matched->set->name;
  if (!options.set.empty()) return;
  if (auto outdated = Outdated(runs, *matched->set, options.day)) {
    check.findings.push_back(*std::move(outdated));
  }
}

// What earlier files say of the documents of this one and of those it refers to.
void LookUpSent(const SentRegister& sent, Check& check) {
  const PesFacts& facts = check.inspection.pes;
  const std::string& id_coll = facts.collectivite.id_coll;
  std::erase_if(check.inspection.anomalies, [&](const Finding& it) {
    return it.rule == "PJ_NOT_IN_FILE" && sent.Find(id_coll, it.value);
  });
  for (const PieceJustificative& it : facts.pieces_justificatives) {
    const std::optional<SentIn> in = sent.Find(id_coll, it.id);
    if (!in || in->file_name == facts.file_name) continue;
    check.findings.push_back(
        {Severity::kWarning, "PJ_ALREADY_SENT", {it.line, it.column, "PJ"}, in->file_name, it.id});
  }
}

std::vector<Finding> OutsideTheAgreement(const Inspection& inspection,
                                         const std::vector<Agreement>& agreements) {
  if (agreements.empty()) return {};
  if (inspection.kind == Kind::kPesAller) return CheckAgreement(inspection.pes, agreements);
  if (inspection.kind == Kind::kBudgetAct) return CheckAgreement(*inspection.budget, agreements);
  return {};
}

// A document in an attachment is checked against the same sets; one that none knows is not remarked.
std::optional<OpenOptions> OpenWith(const CheckOptions& options) {
  if (!options.open) return std::nullopt;
  OpenOptions open = *options.open;
  open.read_xml = [&options](const InputFile& document) -> StatusOr<Inspection> {
    const CheckOptions inside{.catalog = options.catalog,
                              .day = options.day,
                              .use = options.use,
                              .unwanted = options.unwanted};
    return InspectWithSchemas(document, inside);
  };
  return open;
}

}  // namespace

StatusOr<CheckOptions> LoadCheckOptions(const std::string& schema_folder,
                                        const std::string& agreement_file) {
  CheckOptions options;
  SCEAU_ASSIGN_OR_RETURN(options.catalog, SchemaCatalog::Load(schema_folder));
  if (agreement_file.empty()) return options;
  const StatusOr<std::string> text = ReadSmallFile(agreement_file);
  if (!text.ok()) return Error(Reason::kConfigInvalid, DetailOf(text.status()));
  SCEAU_ASSIGN_OR_RETURN(options.agreements, ParseAgreements(*text, agreement_file));
  return options;
}

StatusOr<Check> CheckDocument(const InputFile& file, const CheckOptions& options) {
  Check check;
  Trial newest(options, /*first=*/true);
  SCEAU_ASSIGN_OR_RETURN(
      check.inspection,
      Inspect(file, {.use = options.use, .also = &newest, .open = OpenWith(options)}));
  std::vector<Trial::Run> runs = std::move(newest.runs());
  if (!runs.empty() && !runs.front().validator->valid() && newest.others()) {
    Trial rest(options, /*first=*/false);
    SCEAU_RETURN_IF_ERROR(xml::Parse(file, rest).status());
    std::move(rest.runs().begin(), rest.runs().end(), std::back_inserter(runs));
  }
  Judge(runs, options, check);
  for (Finding& it : OutsideTheAgreement(check.inspection, options.agreements)) {
    if (options.agreement_refuses) it.severity = Severity::kError;
    check.findings.push_back(std::move(it));
  }
  if (options.sent != nullptr && check.inspection.kind == Kind::kPesAller) {
    LookUpSent(*options.sent, check);
  }
  if (options.given && check.inspection.acte) {
    SCEAU_RETURN_IF_ERROR(CheckActeFiles(*check.inspection.acte, *options.given,
                                         options.open.value_or(OpenOptions()), check.findings));
  }
  std::vector<Finding>& anomalies = check.inspection.anomalies;
  if (options.before_signing) {
    anomalies.erase(std::remove_if(anomalies.begin(), anomalies.end(), IsOnSignatures),
                    anomalies.end());
  }
  std::move(anomalies.begin(), anomalies.end(), std::back_inserter(check.findings));
  anomalies.clear();
  std::stable_sort(check.findings.begin(), check.findings.end(),
                   [](const Finding& a, const Finding& b) {
                     return std::pair(a.place.line, a.place.column) <
                            std::pair(b.place.line, b.place.column);
                   });
  check.errors += std::count_if(check.findings.begin(), check.findings.end(), [](const Finding& it) {
    return it.severity == Severity::kError;
  });
  // What only warns of a document to be signed is not worth reading it again.
  if (!options.before_signing || !check.passed()) {
    SCEAU_RETURN_IF_ERROR(AddPaths(file, check.findings));
  }
  return check;
}

StatusOr<Inspection> InspectWithSchemas(const InputFile& file, const CheckOptions& options) {
  SCEAU_ASSIGN_OR_RETURN(Check check, CheckDocument(file, options));
  for (Finding& it : check.findings) {
    if (it.rule != kSetMissing) check.inspection.anomalies.push_back(std::move(it));
  }
  return std::move(check.inspection);
}

void WriteJson(const Check& check, Lang lang, const TextSink& sink) {
  JsonStream json(sink);
  json.Field("kind", NameOf(check.inspection.kind));
  json.Field("schemaSet", NullIfEmpty(check.inspection.schema_set));
  json.Field("nearestSet", NullIfEmpty(check.nearest));
  json.Field("triedSets", check.tried);
  json.Field("encoding", NullIfEmpty(check.inspection.encoding));
  json.Field("size", check.inspection.size);
  json.Field("sha256", check.inspection.sha256);
  json.Field("errors", check.errors);
  json.BeginArray("anomalies");
  for (const Finding& it : check.findings) json.Element(FindingJson(it, lang));
  json.EndArray();
  json.Finish();
}

}  // namespace sceau::schemas
