// The register of the supporting documents that were sent: the accountant refuses an IdUnique that
// he has already, and a reference may name a document of an earlier file.
//
// IdUnique is unique for a collectivité (SIRET) over all domains and years.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "base/status.h"
#include "schemas/pes.h"

namespace sceau::schemas {

// The file a document was sent in.
struct SentIn {
  std::string file_name;  // NomFic
  std::string sha256;     // of the signed file, lower-case hexadecimal
};

// One document, as it was when it was sent.
struct SentDocument {
  std::string id;      // IdUnique
  std::string name;    // NomPJ
  std::string type;    // TypePJ
  std::string sha256;  // of its content, lower-case hexadecimal; empty: not known
  // Whoever signed the file was competent to attest its executory character: the register of
  // competences said so. Of the first such file.
  bool attested = false;
  absl::Time at = absl::InfiniteFuture();  // when it was entered; of old entries not known
  SentIn in{};                             // that file, else the first one
};

// What is entered of one file.
struct SentDocuments {
  std::string id_coll;    // SIRET
  std::string file_name;  // NomFic
  std::vector<SentDocument> documents;
};
// `attested`: the IdUnique of those that are.
SentDocuments SentDocumentsOf(const PesFacts& facts, const std::set<std::string>& attested = {});

class SentRegister {
 public:
  virtual ~SentRegister() = default;
  // The first file it was sent in. From many threads.
  virtual std::optional<SentIn> Find(std::string_view id_coll, std::string_view id) const = 0;
  // What was entered of it then; nothing, too, when it cannot be read. From many threads.
  virtual std::optional<SentDocument> Describe(std::string_view id_coll,
                                               std::string_view id) const = 0;
  // Enters each document that is not there yet or was not attested until now, with the digest of
  // the signed file; durable when it returns. From many threads. Error: kSentRegisterUnusable.
  virtual Status Add(const SentDocuments& documents, const std::string& sha256, absl::Time at) = 0;
};

// Lines in one file that is only ever appended to: SIRET, IdUnique, digest of the file, NomFic,
// NomPJ, TypePJ, digest of the document, instant, "attested" or nothing; each escaped, tab between
// them. Older lines end with NomFic. What another process has entered since is read before each
// entry. A line that was cut short by a crash is passed over.
class FileSentRegister final : public SentRegister {
 public:
  static constexpr std::string_view kFileName = "sent-documents";

  // In `folder`, made when there is something to write. Error: kSentRegisterUnusable.
  static StatusOr<std::shared_ptr<FileSentRegister>> Open(const std::string& folder);

  std::optional<SentIn> Find(std::string_view id_coll, std::string_view id) const override;
  std::optional<SentDocument> Describe(std::string_view id_coll,
                                       std::string_view id) const override;
  Status Add(const SentDocuments& documents, const std::string& sha256, absl::Time at) override;

 private:
  // Memory grows with the documents: the rest is read from its line when it is asked for.
  struct Known {
    size_t file;     // the first one
    int64_t offset;  // of its line, of the attested one when there is one
    bool attested;
  };
  explicit FileSentRegister(const std::string& folder);
  // Takes what was appended since. `fd` is the file's.
  Status CatchUp(int fd);
  void TakeLine(std::string_view line, int64_t offset);

  const std::string folder_, path_;
  mutable std::mutex mutex_;
  int64_t read_ = 0;  // bytes of the file that were taken: whole lines
  std::vector<SentIn> files_;
  std::map<std::string, size_t> file_numbers_;      // by digest
  absl::flat_hash_map<std::string, Known> known_;   // by "SIRET IdUnique"
};

}  // namespace sceau::schemas
