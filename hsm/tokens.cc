#include "hsm/tokens.h"

#include <utility>

#include "absl/time/clock.h"
#include "hsm/module.h"
#include "hsm/signing_key.h"
#include "hsm/token_set.h"
#include "hsm/uri.h"

namespace sceau::hsm {
namespace {

class P11KitTokens final : public Tokens {
 public:
  P11KitTokens(std::shared_ptr<const Modules> modules, const TokensOptions& options)
      : options_(options), set_(std::make_shared<TokenSet>(std::move(modules), options)) {}

  StatusOr<std::vector<KeyDescription>> ListKeys(const std::string& text) override {
    SCEAU_ASSIGN_OR_RETURN(const Uri uri, Uri::Parse(text));
    return set_->List(uri, absl::InfiniteFuture());
  }

  StatusOr<std::shared_ptr<SigningKey>> OpenKey(const std::string& text,
                                                PinSource* source) override {
    SCEAU_ASSIGN_OR_RETURN(const Uri uri, Uri::Parse(text));
    return OpenSigningKey(set_, uri, source);
  }

  void LookForChanges() override { set_->LookForChanges(absl::Now() + options_.longest_call); }
  std::vector<TokenHealth> Health() const override { return set_->Health(); }

 private:
  const TokensOptions options_;
  const std::shared_ptr<TokenSet> set_;
};

}  // namespace

StatusOr<std::unique_ptr<Tokens>> Tokens::Open(const TokensOptions& options) {
  SCEAU_ASSIGN_OR_RETURN(std::shared_ptr<const Modules> modules,
                         Modules::Load(options.modules, options.longest_call));
  return std::make_unique<P11KitTokens>(std::move(modules), options);
}

}  // namespace sceau::hsm
