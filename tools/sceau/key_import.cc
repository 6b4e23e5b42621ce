// sceau key import-cert, sceau key import: what comes from outside into a token.
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/time/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/openssl.h"
#include "base/strings.h"
#include "hsm/pkcs12.h"
#include "tools/sceau/certificate_file.h"
#include "tools/sceau/command.h"
#include "tools/sceau/console.h"
#include "tools/sceau/key_list.h"
#include "tools/sceau/key_verbs.h"

namespace sceau::cli {
namespace {

constexpr size_t kMaxFile = 1 << 20;  // bytes: certificates and a key are far smaller

struct CertificateOptions {
  std::string file;
  KeyPlace place;
};

StatusOr<int> ImportCertificate(const CertificateOptions& options, const Command& command) {
  SCEAU_ASSIGN_OR_RETURN(const auto certificates, ReadCertificates(options.file));
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const OpenStore open, OpenStoreOf(options.place, config, command.lang));
  SCEAU_ASSIGN_OR_RETURN(const hsm::KeyDescription key,
                         open.store->ImportCertificates(certificates));
  SCEAU_RETURN_IF_ERROR(PrintKey(key, command));
  return 0;
}

struct ImportOptions {
  std::string file;
  std::string passphrase_source;
  std::string label;
  KeyPlace place;
};

StatusOr<hsm::SoftwareKey> ReadSoftwareKey(const ImportOptions& options, Lang lang) {
  SCEAU_ASSIGN_OR_RETURN(std::string bytes, ReadSmallFile(options.file, kMaxFile));
  const std::string& source = options.passphrase_source;
  const auto asked = source.empty() ? hsm::PassphraseFromTerminal(lang) : hsm::PinFromFile(source);
  const StatusOr<Secret> passphrase = asked->Read(options.file);
  if (!passphrase.ok()) return passphrase.status();
  auto key = hsm::OpenPkcs12(bytes, *passphrase);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return key;
}

Status PrintImported(const ImportOptions& options, const hsm::KeyDescription& key,
                     const Command& command) {
  const Text remains = {" contient toujours la clé : détruisez-le, ou gardez-le en lieu sûr.",
                        " still holds the key: destroy it, or keep it in a safe place."};
  Console(command.lang).Say(Concat(options.file, remains.In(command.lang)));
  if (!command.json) return PrintKey(key, command);
  return Print([&](const TextSink& sink) {
    JsonStream json(sink);
    json.Field("key", KeyJson(key, absl::Now()));
    json.Field("fileRemains", options.file);
    json.Finish();
  });
}

StatusOr<int> Import(const ImportOptions& options, const Command& command) {
  if (options.file.empty()) return Error(Reason::kUsage, "--p12");
  KeepMemoryPrivate();
  SCEAU_ASSIGN_OR_RETURN(const Config config, LoadConfig(command.config_path));
  SCEAU_ASSIGN_OR_RETURN(const hsm::SoftwareKey software, ReadSoftwareKey(options, command.lang));
  SCEAU_ASSIGN_OR_RETURN(const OpenStore open, OpenStoreOf(options.place, config, command.lang));
  SCEAU_ASSIGN_OR_RETURN(const hsm::NewKey as, NameNewKey(*open.store, options.label));
  SCEAU_ASSIGN_OR_RETURN(const hsm::KeyDescription key, open.store->Import(software, as));
  SCEAU_RETURN_IF_ERROR(PrintImported(options, key, command));
  return 0;
}

}  // namespace

void AddKeyImportCertificate(CLI::App& group, Command& command) {
  CLI::App* verb =
      AddVerb(group, command, "import-cert",
              {"Met dans le jeton le certificat délivré pour une clé, avec sa chaîne",
               "Puts the certificate issued for a key into the token, with its chain"},
              {"sceau key import-cert certificat.pem --key 'pkcs11:object=ordonnateur-2027'",
               "sceau key import-cert certificate.pem --key 'pkcs11:object=ordonnateur-2027'"});
  auto options = std::make_shared<CertificateOptions>();
  AddFile(verb, command, options->file,
          {"Certificats, PEM (plusieurs) ou DER", "Certificates, PEM (several) or DER"});
  AddKeyPlace(verb, command, "--key", options->place);
  AddJson(verb, command);
  verb->callback([&command, options] {
    command.run = [&command, options] { return ImportCertificate(*options, command); };
  });
}

void AddKeyImport(CLI::App& group, Command& command) {
  CLI::App* verb =
      AddVerb(group, command, "import",
              {"Met dans le jeton une clé et son certificat délivrés en fichier (PKCS#12)",
               "Puts a key and its certificate, delivered as a file (PKCS#12), into the token"},
              {"sceau key import --p12 certificat.p12 --token 'pkcs11:token=mairie'",
               "sceau key import --p12 certificate.p12 --token 'pkcs11:token=mairie'"});
  auto options = std::make_shared<ImportOptions>();
  AddValue(verb, command, "--p12", options->file, {"FICHIER", "FILE"},
           {"Fichier PKCS#12 ; il reste où il est", "PKCS#12 file; it stays where it is"});
  AddValue(
      verb, command, "--passphrase-source", options->passphrase_source, {"FICHIER", "FILE"},
      {"Fichier dont la première ligne est la phrase secrète (sinon demandée dans le terminal)",
       "File whose first line is the passphrase (else asked on the terminal)"});
  AddKeyPlace(verb, command, "--token", options->place);
  AddValue(verb, command, "--label", options->label, {"NOM", "NAME"},
           {"Nom de la clé, nouveau dans ce jeton (sinon sceau- et la date)",
            "The key's name, new in this token (else sceau- and the date)"});
  AddJson(verb, command);
  verb->callback([&command, options] {
    command.run = [&command, options] { return Import(*options, command); };
  });
}

}  // namespace sceau::cli
