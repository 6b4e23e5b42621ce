// Signs a file that stays as it is: the signature stands in a document of its own, or in the
// message of @CTES that names the file (FichierSigne/Signature).
//
// The work is that of signer.h: Complete, with `Document()` of the task as its input.
#pragma once

#include <memory>
#include <string>

#include "base/file.h"
#include "base/status.h"
#include "signer/signer.h"
#include "xml/ids.h"

namespace sceau::signer {

class DetachedTask {
 public:
  // `name` is the file's, without folder. With `message` the signature goes there. Error:
  // kOutputUnwritable when there is no room for a document of its own.
  static StatusOr<DetachedTask> Of(std::shared_ptr<const InputFile> file, std::string name);
  static StatusOr<DetachedTask> In(std::shared_ptr<const InputFile> message,
                                   std::shared_ptr<const InputFile> file, std::string name);

  const InputFile& Document() const { return *document_; }

  // Checks what is to be signed, and the message with its schema and rules; touches no token.
  // Errors: those of Prepare; kNothingToSign when the message does not name the file,
  // kAlreadySigned when it has a signature there, kUsage when the name is no plain one.
  StatusOr<Prepared> Prepare(const SignatureParameters& parameters) const;

 private:
  DetachedTask(std::shared_ptr<const InputFile> document, std::shared_ptr<const InputFile> file,
               std::string name, bool in_message)
      : document_(std::move(document)),
        file_(std::move(file)),
        name_(std::move(name)),
        in_message_(in_message) {}

  Status FindPlace(const SignatureParameters& parameters, Prepared& out, Target& target,
                   xml::IdSet& ids) const;
  Status CheckFile(const SignatureParameters& parameters, const Place& place, Prepared& out) const;

  std::shared_ptr<const InputFile> document_;
  std::shared_ptr<const InputFile> file_;
  std::string name_;
  bool in_message_;
};

}  // namespace sceau::signer
