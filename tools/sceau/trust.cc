// sceau trust: the authorities that are trusted, and what for.
#include "verifier/trust.h"

#include <openssl/pem.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/strings.h"
#include "tools/sceau/command.h"
#include "tools/sceau/config.h"
#include "tools/sceau/console.h"
#include "tools/sceau/display.h"
#include "verifier/trusted_lists.h"
#include "xades/certificate.h"

namespace sceau::cli {
namespace {

using verifier::ListState;
using verifier::TrustAnchor;
using verifier::TrustAnchors;
using verifier::TrustLimits;

struct Options {
  std::vector<std::string> trust;  // files or folders; for add: the folder
  std::string lists;               // folder of trusted lists
  std::string file;
  TrustLimits limits;
  std::string from, until;
};

std::string DayOf(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d", time, absl::UTCTimeZone());
}

StatusOr<xades::Certificate> CertificateOf(const TrustAnchor& anchor) {
  return xades::Certificate::FromDer(DerWith(anchor.certificate.get(), i2d_X509));
}

Json LimitJson(absl::Time time) {
  const bool none = time == absl::InfinitePast() || time == absl::InfiniteFuture();
  return none ? Json() : Json(DayOf(time));
}

Json AnchorJson(const TrustAnchor& anchor, const xades::Certificate& it) {
  return {{"subject", it.Subject()},
          {"serial", it.SerialDecimal()},
          {"sha256", ToHex(it.DigestWith(DigestAlgorithm::kSha256))},
          {"notBefore", DayOf(it.NotBefore())},
          {"notAfter", DayOf(it.NotAfter())},
          {"documents", anchor.limits.documents},
          {"purposes", anchor.limits.purposes},
          {"from", LimitJson(anchor.limits.from)},
          {"until", LimitJson(anchor.limits.until)},
          {"file", anchor.file}};
}

std::string AnchorText(const TrustAnchor& anchor, const xades::Certificate& it, Lang lang) {
  std::string text =
      Concat(Printable(it.Subject()), "\n  SHA-256 ",
             ToHex(it.DigestWith(DigestAlgorithm::kSha256)), "\n  ", DayOf(it.NotBefore()), " - ",
             DayOf(it.NotAfter()), "  ", Printable(anchor.file), "\n");
  const auto line = [&](const Text& name, const std::string& value) {
    if (!value.empty()) AppendTo(text, "  ", name.In(lang), value, "\n");
  };
  const auto list = [](const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) AppendTo(out, out.empty() ? "" : ", ", name);
    return out;
  };
  line({"documents : ", "documents: "}, list(anchor.limits.documents));
  line({"usages : ", "purposes: "}, list(anchor.limits.purposes));
  if (anchor.limits.from != absl::InfinitePast()) {
    line({"à partir du ", "from "}, DayOf(anchor.limits.from));
  }
  if (anchor.limits.until != absl::InfiniteFuture()) {
    line({"jusqu'au ", "until "}, DayOf(anchor.limits.until));
  }
  return text;
}

Json ListJson(const ListState& it, Lang lang) {
  return {{"territory", it.territory},
          {"file", it.file},
          {"sequence", it.sequence},
          {"issued", DayOf(it.issued)},
          {"nextUpdate", it.next_update ? Json(DayOf(*it.next_update)) : Json()},
          {"error", it.status.ok() ? Json() : ErrorJson(it.status, lang)}};
}

std::string ListText(const ListState& it, Lang lang) {
  std::string text = Concat(Printable(it.file), "\n  ", Printable(it.territory), " ", it.sequence);
  if (it.next_update) AppendTo(text, "  ", DayOf(it.issued), " - ", DayOf(*it.next_update));
  if (!it.status.ok()) AppendTo(text, "\n  ", Printable(Describe(it.status, lang)));
  return text + "\n";
}

// What is trusted: single authorities, and the lists in use or refused.
Status Show(const TrustAnchors& trust, const std::vector<ListState>& lists,
            const Command& command) {
  std::vector<xades::Certificate> certificates;
  for (const TrustAnchor& anchor : trust.anchors()) {
    SCEAU_ASSIGN_OR_RETURN(xades::Certificate it, CertificateOf(anchor));
    certificates.push_back(std::move(it));
  }
  return Print([&](const TextSink& sink) {
    if (command.json) {
      JsonStream json(sink);
      json.BeginArray("anchors");
      for (size_t i = 0; i < certificates.size(); ++i) {
        json.Element(AnchorJson(trust.anchors()[i], certificates[i]));
      }
      json.EndArray();
      json.BeginArray("lists");
      for (const ListState& it : lists) json.Element(ListJson(it, command.lang));
      json.EndArray();
      json.Finish();
      return;
    }
    for (size_t i = 0; i < certificates.size(); ++i) {
      sink(AnchorText(trust.anchors()[i], certificates[i], command.lang));
    }
    for (const ListState& it : lists) sink(ListText(it, command.lang));
    if (certificates.empty() && lists.empty()) {
      sink(
          command.In({"Aucune autorité de confiance : aucune signature ne peut être dite valide.\n"
                      "« sceau trust add » en ajoute une.\n",
                      "No trusted authority: no signature can be said to be valid.\n"
                      "'sceau trust add' adds one.\n"}));
    }
  });
}

StatusOr<int> List(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  const std::vector<std::string>& paths = options.trust.empty() ? config.trust : options.trust;
  SCEAU_ASSIGN_OR_RETURN(const auto trust, TrustAnchors::Load(paths));
  const std::string& folder = options.lists.empty() ? config.lists : options.lists;
  std::vector<ListState> lists;
  if (!folder.empty()) {
    SCEAU_ASSIGN_OR_RETURN(const auto loaded,
                           verifier::TrustedLists::Load(folder, SystemClock().Now()));
    lists = loaded->states();
  }
  SCEAU_RETURN_IF_ERROR(Show(*trust, lists, command));
  return 0;
}

Status Write(const std::string& path, const std::string& content) {
  SCEAU_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path, /*force=*/false));
  SCEAU_RETURN_IF_ERROR(file.Append(content));
  return file.Publish();
}

std::string PemOf(X509* certificate) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<size_t>(size)};
}

// The folder of anchors: the one that was named, else the configuration's first.
StatusOr<std::string> FolderOf(const Options& options, const Config& config) {
  for (const auto* paths : {&options.trust, &config.trust}) {
    for (const std::string& path : *paths) {
      std::error_code error;
      if (std::filesystem::is_directory(path, error)) return path;
    }
  }
  return Error(Reason::kUsage, "--trust FOLDER");
}

StatusOr<TrustLimits> LimitsOf(const Options& options) {
  TrustLimits limits = options.limits;
  for (const auto& [name, text, day] : {std::tuple("--from", &options.from, &limits.from),
                                        std::tuple("--until", &options.until, &limits.until)}) {
    std::string error;
    if (text->empty() || absl::ParseTime("%Y-%m-%d", *text, absl::UTCTimeZone(), day, &error)) {
      continue;
    }
    return Error(Reason::kUsage, Concat(name, " ", *text));
  }
  const std::string text = verifier::LimitsText(limits);
  if (!text.empty() && !verifier::ParseLimits(text, "--documents, --purposes").ok()) {
    return Error(Reason::kUsage, "--documents, --purposes");
  }
  return limits;
}

// The limits are written before the certificate, which counts only from then on.
StatusOr<int> Add(const Options& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const TrustLimits limits, LimitsOf(options));
  SCEAU_ASSIGN_OR_RETURN(const std::string folder, FolderOf(options, config));
  SCEAU_ASSIGN_OR_RETURN(const auto given, TrustAnchors::Load({options.file}));
  std::vector<std::string> written;
  for (const TrustAnchor& anchor : given->anchors()) {
    SCEAU_ASSIGN_OR_RETURN(const xades::Certificate it, CertificateOf(anchor));
    constexpr size_t kNameDigits = 32;
    const std::string name =
        Concat(folder, "/", ToHex(it.DigestWith(DigestAlgorithm::kSha256)).substr(0, kNameDigits));
    const std::string text = verifier::LimitsText(limits);
    if (!text.empty()) SCEAU_RETURN_IF_ERROR(Write(name + ".toml", text));
    SCEAU_RETURN_IF_ERROR(Write(name + ".pem", PemOf(anchor.certificate.get())));
    written.push_back(name + ".pem");
  }
  SCEAU_ASSIGN_OR_RETURN(const auto added, TrustAnchors::Load(written));
  SCEAU_RETURN_IF_ERROR(Show(*added, {}, command));
  return 0;
}

void AddListVerb(CLI::App& group, Command& command) {
  CLI::App* list =
      AddVerb(group, command, "list", {"Les autorités de confiance", "The trusted authorities"},
              {"sceau trust list --trust autorites", "sceau trust list --trust anchors"});
  auto options = std::make_shared<Options>();
  AddValue(
      list, command, "--trust", options->trust, {"PEM|DOSSIER", "PEM|FOLDER"},
      {"Celles-ci au lieu de celles de la configuration", "These instead of the configuration's"})
      ->allow_extra_args(false);
  AddValue(list, command, "--lists", options->lists, {"DOSSIER", "FOLDER"},
           {"Listes de confiance de ce dossier", "The trusted lists in this folder"});
  AddJson(list, command);
  list->callback([&command, options] {
    command.run = [&command, options] { return List(*options, command); };
  });
}

void AddAddVerb(CLI::App& group, Command& command) {
  CLI::App* add =
      AddVerb(group, command, "add",
              {"Ajoute une autorité au dossier des autorités de confiance ; comparez son empreinte",
               "Adds an authority to the folder of trusted authorities; compare its fingerprint"},
              {"sceau trust add helios.pem --trust autorites --documents PES_ALLER",
               "sceau trust add helios.pem --trust anchors --documents PES_ALLER"});
  auto options = std::make_shared<Options>();
  AddFile(add, command, options->file, {"Certificat, PEM ou DER", "Certificate, PEM or DER"});
  AddValue(add, command, "--trust", options->trust, {"DOSSIER", "FOLDER"},
           {"Dossier (le premier de la configuration par défaut)",
            "Folder (default the configuration's first)"})
      ->allow_extra_args(false);
  AddValue(add, command, "--documents", options->limits.documents, {"NATURE", "KIND"},
           {"Seulement pour les documents de cette nature (PES_ALLER, BUDGET_ACT...) ; répétable",
            "Only for documents of this kind (PES_ALLER, BUDGET_ACT...); repeatable"})
      ->allow_extra_args(false);
  AddValue(add, command, "--purposes", options->limits.purposes, {"USAGE", "PURPOSE"},
           {"Seulement pour cet usage (signature, time-stamping) ; répétable",
            "Only for this purpose (signature, time-stamping); repeatable"})
      ->allow_extra_args(false);
  AddValue(add, command, "--from", options->from, {"JOUR", "DAY"},
           {"À partir de ce jour (par exemple 2015-01-01)",
            "From this day on (for example 2015-01-01)"});
  AddValue(add, command, "--until", options->until, {"JOUR", "DAY"},
           {"Jusqu'à ce jour, non compris", "Until this day, which is not included"});
  AddJson(add, command);
  add->callback([&command, options] {
    command.run = [&command, options] { return Add(*options, command); };
  });
}

}  // namespace

void AddTrust(CLI::App& app, Command& command) {
  CLI::App* group = app.add_subcommand(
      "trust", std::string(command.In({"Autorités de confiance", "Trusted authorities"})));
  group->require_subcommand(1);
  AddListVerb(*group, command);
  AddAddVerb(*group, command);
}

}  // namespace sceau::cli
