// sceau delegation explain: may this certificate sign this file, now or then? Nothing is signed.
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "base/file.h"
#include "base/strings.h"
#include "policy/decide.h"
#include "policy/instant.h"
#include "policy/register_file.h"
#include "schemas/competence_facts.h"
#include "schemas/inspection.h"
#include "signer/competence_facts.h"
#include "tools/sceau/certificate_file.h"
#include "tools/sceau/console.h"
#include "tools/sceau/delegation_judgement.h"
#include "tools/sceau/delegation_verbs.h"
#include "tools/sceau/display.h"
#include "tools/sceau/local_key.h"
#include "tools/sceau/schema_folder.h"
#include "verifier/attachment_verification.h"
#include "verifier/justifications.h"
#include "xades/certificate.h"

namespace sceau::cli {
namespace {

using policy::Decision;

struct Options {
  std::string path;  // --register
  std::string file, certificate, at;
  std::string key, pin_source;
  std::vector<std::string> bordereaux, trust;
  bool whole = false;
};

// The question, and what answers it: by all that is recorded, and by what was at that instant.
struct Answered {
  std::string of;  // empty: the whole file
  Decision now, then;
};

struct Explanation {
  std::string subject;
  std::string sha256;  // of the file
  absl::Time at;
  std::vector<Answered> elements;
};

StatusOr<xades::Certificate> SignerOf(const Options& options, const Config& config) {
  if (!options.certificate.empty()) {
    SCEAU_ASSIGN_OR_RETURN(const auto all, ReadCertificates(options.certificate));
    return xades::Certificate::FromDer(all.front());
  }
  const std::string& uri = options.key.empty() ? config.key : options.key;
  const std::string& pin = options.pin_source.empty() ? config.pin_source : options.pin_source;
  SCEAU_ASSIGN_OR_RETURN(LocalKey key, LocalKey::Find(TokensOf(config), uri, pin));
  SCEAU_ASSIGN_OR_RETURN(const auto chain, key.Certificates());
  return xades::Certificate::FromDer(chain.front());
}

// Those that are named, by Id or reference; else every bordereau; of a document without any, and
// with --whole, the whole.
StatusOr<std::vector<policy::Element>> ElementsOf(const Options& options,
                                                  const schemas::PesFacts& pes) {
  std::vector<policy::Element> elements;
  for (const std::string& name : options.bordereaux) {
    const auto is = [&](const schemas::Bordereau& it) {
      return it.Name() == name || it.Ref() == name;
    };
    const auto count = std::count_if(pes.bordereaux.begin(), pes.bordereaux.end(), is);
    if (count == 0) return Error(Reason::kBordereauNotFound, name);
    if (count > 1) return Error(Reason::kBordereauAmbiguous, name);
    elements.push_back({std::find_if(pes.bordereaux.begin(), pes.bordereaux.end(), is)->Name()});
  }
  if (options.whole || (elements.empty() && pes.bordereaux.empty())) elements.push_back({});
  if (!elements.empty()) return elements;
  for (const schemas::Bordereau& it : pes.bordereaux) elements.push_back({it.Name()});
  return elements;
}

// What the document says, and what travels with it: signatures in its attachments are judged for
// now.
StatusOr<policy::DocumentFacts> DocumentOf(const InputFile& input, const schemas::Inspection& it,
                                           const Options& options, const Config& config) {
  policy::DocumentFacts document =
      schemas::CompetenceFactsOf(it.kind, it.pes, it.budget ? &*it.budget : nullptr);
  if (it.kind != schemas::Kind::kPesAller) return document;
  SCEAU_ASSIGN_OR_RETURN(const auto judgement, ActJudgement(options.trust, config));
  verifier::FileReport found;
  SCEAU_RETURN_IF_ERROR(verifier::VerifyAttachments(input, judgement, found));
  SCEAU_ASSIGN_OR_RETURN(const auto sent, SentRegisterOf(config));
  SCEAU_RETURN_IF_ERROR(
      verifier::AddJustifications(input, it.pes, found.attachments, sent.get(), document));
  return document;
}

Json FindingsJson(const Decision& decision, Lang lang) {
  Json findings = Json::array();
  for (const policy::Finding& it : decision.findings) {
    findings.push_back({{"code", policy::NameOf(it.code)},
                        {"element", NullIfEmpty(it.element)},
                        {"act", NullIfEmpty(it.act)},
                        {"detail", NullIfEmpty(it.detail)},
                        {"text", policy::SentenceOf(it.code).In(lang)}});
  }
  return findings;
}

Json DecisionJson(const Decision& decision, Lang lang) {
  return {{"answer", policy::NameOf(decision.answer)},
          {"person", NullIfEmpty(decision.person)},
          {"role", NullIfEmpty(decision.role)},
          {"reasons", FindingsJson(decision, lang)}};
}

void WriteJson(const Options& options, const Explanation& it, Lang lang, const TextSink& sink) {
  JsonStream json(sink);
  json.Field("file", options.file);
  json.Field("sha256", it.sha256);
  json.Field("signer", it.subject);
  json.Field("at", policy::WriteInstant(it.at));
  json.BeginArray("elements");
  for (const Answered& element : it.elements) {
    json.Element({{"scope", element.of.empty() ? "WHOLE" : "BORDEREAU"},
                  {"of", NullIfEmpty(element.of)},
                  {"knownNow", DecisionJson(element.now, lang)},
                  {"knownThen", DecisionJson(element.then, lang)}});
  }
  json.EndArray();
  json.Finish();
}

struct AnswerWords {
  policy::Answer answer;
  Text words;
};
constexpr AnswerWords kAnswers[] = {
    {policy::Answer::kDenied, {"non", "no"}},
    {policy::Answer::kJustificationRequired,
     {"avec une justification, qui manque", "with a justification, which is missing"}},
    {policy::Answer::kPermitted, {"oui", "yes"}}};

std::string DecisionText(const Text& known, const Decision& decision, Lang lang) {
  std::string text = Concat("  ", known.In(lang));
  for (const AnswerWords& it : kAnswers) {
    if (it.answer == decision.answer) AppendTo(text, it.words.In(lang));
  }
  AppendTo(text, " [", policy::NameOf(decision.answer), "]\n");
  for (const policy::Finding& it : decision.findings) {
    AppendTo(text, "    ", policy::NameOf(it.code), lang == Lang::kFr ? " : " : ": ",
             policy::SentenceOf(it.code).In(lang));
    for (const std::string* part : {&it.element, &it.act, &it.detail}) {
      if (!part->empty()) AppendTo(text, " [", Printable(*part), "]");
    }
    text += "\n";
  }
  return text;
}

void WriteText(const Explanation& it, Lang lang, const TextSink& sink) {
  sink(Concat(Printable(it.subject), ", ", policy::WriteInstant(it.at), "\n"));
  for (const Answered& element : it.elements) {
    sink(element.of.empty() ? Concat(Text{"Fichier entier", "Whole file"}.In(lang), "\n")
                            : Concat("Bordereau ", Printable(element.of), "\n"));
    sink(DecisionText({"par ce qui est su maintenant : ", "by what is known now: "}, element.now,
                      lang));
    sink(DecisionText({"par ce qui était su alors : ", "by what was known then: "}, element.then,
                      lang));
  }
}

StatusOr<int> Explain(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const std::string path, RegisterPathOf(options.path, config));
  SCEAU_ASSIGN_OR_RETURN(const auto facts, policy::ReadRegisterFile(path));
  const absl::Time now = absl::Now();
  Explanation it{.subject = {}, .sha256 = {}, .at = now, .elements = {}};
  if (!options.at.empty()) {
    SCEAU_ASSIGN_OR_RETURN(it.at, ParseRegisterTime("--at", options.at, *facts));
  }
  SCEAU_ASSIGN_OR_RETURN(const InputFile input, InputFile::Open(options.file, config.max_size));
  SCEAU_ASSIGN_OR_RETURN(const schemas::Inspection inspection, schemas::Inspect(input));
  SCEAU_ASSIGN_OR_RETURN(const xades::Certificate certificate, SignerOf(options, config));
  SCEAU_ASSIGN_OR_RETURN(const auto elements, ElementsOf(options, inspection.pes));
  it.subject = certificate.Subject();
  it.sha256 = inspection.sha256;
  const policy::Signer signer = signer::CompetenceSignerOf(certificate);
  SCEAU_ASSIGN_OR_RETURN(const policy::DocumentFacts document,
                         DocumentOf(input, inspection, options, config));
  for (const policy::Element& element : elements) {
    it.elements.push_back(
        {element.bordereau, policy::Decide(signer, *facts, document, element, it.at, now),
         policy::Decide(signer, *facts, document, element, it.at, std::min(it.at, now))});
  }
  SCEAU_RETURN_IF_ERROR(Print([&](const TextSink& sink) {
    if (command.json) {
      WriteJson(options, it, command.lang, sink);
    } else {
      WriteText(it, command.lang, sink);
    }
  }));
  return 0;
}

}  // namespace

void AddDelegationExplain(CLI::App& group, Command& command) {
  CLI::App* verb = AddVerb(
      group, command, "explain",
      {"Ce signataire peut-il signer ce fichier, maintenant ou alors, et pourquoi ? Rien n'est signé",
       "May this signer sign this file, now or then, and why? Nothing is signed"},
      {"sceau delegation explain flux.xml --cert adjoint.pem --register registre.jsonl",
       "sceau delegation explain file.xml --cert deputy.pem --register register.jsonl"});
  auto options = std::make_shared<Options>();
  AddFile(verb, command, options->file,
          {"Fichier (- : entrée standard)", "File (-: standard input)"});
  AddRegister(verb, command, options->path);
  AddValue(verb, command, "--cert", options->certificate, {"PEM|DER", "PEM|DER"},
           {"Certificat du signataire", "The signer's certificate"});
  AddValue(verb, command, "--key", options->key, {"URI", "URI"},
           {"Sinon, clé d'un jeton (URI PKCS#11) dont on prend le certificat",
            "Else a token's key (PKCS#11 URI), whose certificate is taken"});
  AddValue(verb, command, "--pin-source", options->pin_source, {"FICHIER", "FILE"},
           {"Fichier du PIN, si le jeton cache ses certificats",
            "File of the PIN, where the token hides its certificates"});
  AddValue(verb, command, "--bordereau", options->bordereaux, {"REF", "REF"},
           {"Ce bordereau (répétable ; tous par défaut)", "This bordereau (repeatable; default all)"})
      ->allow_extra_args(false);
  AddFlag(verb, command, "--whole", options->whole, {"Le fichier entier", "The whole file"});
  AddValue(verb, command, "--trust", options->trust, {"PEM|DOSSIER", "PEM|FOLDER"},
           {"Autorités de confiance pour les signatures des PJ (répétable ; remplace celles de la "
            "configuration)",
            "Trusted authorities for signatures of attachments (repeatable; replaces the "
            "configuration's)"})
      ->allow_extra_args(false);
  AddValue(verb, command, "--at", options->at, {"INSTANT|JOUR", "TIME|DAY"},
           {"Instant jugé (maintenant par défaut)", "Instant that is judged (default now)"});
  AddJson(verb, command);
  OnCall(verb, command, options, Explain);
}

}  // namespace sceau::cli
