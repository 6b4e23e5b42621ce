#include "signer/detached.h"

#include <algorithm>

#include "base/file_digest.h"
#include "base/strings.h"
#include "schemas/acte.h"
#include "schemas/acte_rules.h"
#include "schemas/check.h"
#include "schemas/content_type.h"
#include "schemas/pes_reader.h"
#include "signer/rule_check.h"
#include "signer/selection.h"
#include "signer/signature_id.h"
#include "xades/algorithms.h"
#include "xades/file_name.h"
#include "xml/ids.h"
#include "xml/parser.h"

namespace sceau::signer {
namespace {

constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

// A message of @CTES: what it says, its Ids, and its signatures.
struct Message final : xml::Handler {
  Status OnStart(const xml::StartElement& element) override {
    if (element.depth == 1) kind = schemas::KindOf(element);
    if (!schemas::IsActes(kind)) {
      return Error(Reason::kDocumentNotSupported, element.qname,
                   {element.line, element.column, std::string(element.qname)});
    }
    SCEAU_RETURN_IF_ERROR(ids.Collect(element));
    SCEAU_RETURN_IF_ERROR(pes.Start(element).status());
    return acte.OnStart(element);
  }
  Status OnEnd(const xml::EndElement& element) override {
    pes.End(element);
    return acte.OnEnd(element);
  }
  Status OnText(std::string_view text) override { return acte.OnText(text); }

  schemas::Kind kind = schemas::Kind::kOther;
  schemas::ActeReader acte;
  schemas::PesReader pes;
  xml::IdSet ids;
};

// The one that has this name: that two have it is an error of the rules already.
StatusOr<const schemas::ActeFile*> FindFile(const schemas::ActeFacts& facts,
                                            const std::string& name) {
  const auto found = std::find_if(facts.files.begin(), facts.files.end(),
                                  [&](const schemas::ActeFile& it) { return it.name == name; });
  if (found == facts.files.end()) return Error(Reason::kNothingToSign, name);
  if (found->has_signature) return Error(Reason::kAlreadySigned, name, found->place);
  return &*found;
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

StatusOr<std::string> MediaTypeOf(const InputFile& file) {
  SCEAU_ASSIGN_OR_RETURN(
      const std::string head,
      file.Slice(0, static_cast<size_t>(std::min<int64_t>(file.size(), schemas::kContentHead))));
  return std::string(schemas::MediaTypeOf(schemas::ContentTypeOf(head)));
}

}  // namespace

StatusOr<DetachedTask> DetachedTask::Of(std::shared_ptr<const InputFile> file, std::string name) {
  OutputFile alone = OutputFile::Unnamed();
  SCEAU_RETURN_IF_ERROR(alone.Append(kDeclaration));
  SCEAU_ASSIGN_OR_RETURN(InputFile document, alone.Reread());
  return DetachedTask(std::make_shared<const InputFile>(std::move(document)), std::move(file),
                      std::move(name), false);
}

StatusOr<DetachedTask> DetachedTask::In(std::shared_ptr<const InputFile> message,
                                        std::shared_ptr<const InputFile> file, std::string name) {
  return DetachedTask(std::move(message), std::move(file), std::move(name), true);
}

StatusOr<Prepared> DetachedTask::Prepare(const SignatureParameters& parameters) const {
  SCEAU_RETURN_IF_ERROR(CheckParameters(parameters));
  if (!parameters.profile->detached) {
    return Error(Reason::kDocumentNotSupported, parameters.profile->name);
  }
  if (xades::FileNameOfUri(xades::UriOfFileName(name_)) != name_) {
    return Error(Reason::kUsage, name_);
  }
  Prepared out;
  out.parameters = parameters;
  xades::Profile profile = *parameters.profile;
  SCEAU_ASSIGN_OR_RETURN(profile.mime_type, MediaTypeOf(*file_));
  out.parameters.profile = std::make_shared<const xades::Profile>(profile);

  Target target;
  target.scope = in_message_ ? schemas::Scope::kOther : schemas::Scope::kWhole;
  target.id = target.reference_id = name_;
  SCEAU_ASSIGN_OR_RETURN(
      target.element_digest,
      DigestOfFile(*file_, xades::FindDigestMethod(profile.digest_method)->digest));
  xml::IdSet ids;
  if (in_message_) {
    SCEAU_RETURN_IF_ERROR(FindPlace(parameters, out, target, ids));
  } else {
    out.sha256 = DigestOf(DigestAlgorithm::kSha256, kDeclaration);
    target.offset = document_->size();
  }
  target.signature_id = TakeSignatureId(profile, name_, parameters.signing_time, 1, ids);
  out.targets = {std::move(target)};
  out.contents = {{name_, file_}};
  return out;
}

Status DetachedTask::FindPlace(const SignatureParameters& parameters, Prepared& out, Target& target,
                               xml::IdSet& ids) const {
  RuleCheck rules(*document_, parameters);
  Message message;
  xml::DigestSink raw(DigestAlgorithm::kSha256);
  SCEAU_ASSIGN_OR_RETURN(const xml::Gate gate, xml::Parse(*document_, message, {}, &raw));
  out.sha256 = raw.Finish();
  out.encoding = gate.encoding;
  if (!message.ids.duplicates().empty()) {
    const auto& it = message.ids.duplicates().front();
    return Error(Reason::kDuplicateId, it.id, {it.line, it.column, ""});
  }
  SCEAU_ASSIGN_OR_RETURN(const schemas::ActeFile* file, FindFile(message.acte.facts(), name_));
  SCEAU_RETURN_IF_ERROR(rules.Finish(out.sha256, out));
  SCEAU_RETURN_IF_ERROR(CheckFile(parameters, file->place, out));
  if (!IsAscii(file->prefix)) return Error(Reason::kElementMalformed, name_, file->place);
  const std::string qname = Concat(file->prefix, file->prefix.empty() ? "" : ":", "Signature");
  target.before = Concat("<", qname, ">");
  target.after = Concat("</", qname, ">");
  target.offset = file->name_end;
  out.facts = std::move(message.pes.facts());
  ids = std::move(message.ids);
  return OkStatus();
}

// What @CTES would refuse is not signed.
Status DetachedTask::CheckFile(const SignatureParameters& parameters, const Place& place,
                               Prepared& out) const {
  schemas::OpenOptions open;
  if (parameters.rules != nullptr && parameters.rules->open) open = *parameters.rules->open;
  std::vector<schemas::Finding> findings;
  SCEAU_RETURN_IF_ERROR(schemas::CheckActeFile(*file_, name_, place, open, findings).status());
  const auto errors = std::count_if(
      findings.begin(), findings.end(),
      [](const schemas::Finding& it) { return it.severity == schemas::Severity::kError; });
  for (schemas::Finding& it : findings) {
    if (it.severity == schemas::Severity::kError) return RuleCheck::Refusal(it, errors);
    ++out.warning_count;
    out.warnings.push_back(std::move(it));
  }
  return OkStatus();
}

}  // namespace sceau::signer
