#include <filesystem>

#include "tests/hsm_modules/other_token.h"
#include "tests/support/module_configuration.h"
#include "tests/support/process.h"
#include "tests/support/require.h"
#include "tests/support/temporary_folder.h"

namespace sceau::hsm {
namespace {

class Nss final : public OtherToken {
 public:
  std::string Prepare(const std::string& pin) override {
    const std::string database = "sql:" + folder_.path() + "/database";
    std::filesystem::create_directory(folder_.path() + "/database");
    std::filesystem::create_directory(folder_.path() + "/modules");
    const auto made = test::RunProcess(
        {"certutil", "-N", "-d", database, "-f", folder_.Write("pin", pin + "\n")});
    test::Require(made.exit_code == 0, made.err);
    folder_.Write("modules/nss.module",
                  "module: " SCEAU_NSS "\nx-init-reserved: configdir='" + database +
                      "' certPrefix='' keyPrefix='' secmod='secmod.db' flags=\n");
    return test::UseModuleConfiguration(folder_.path() + "/modules");
  }
  TokensOptions Options() const override { return {}; }
  std::string Uri() const override { return "pkcs11:token=NSS%20Certificate%20DB"; }

 private:
  test::TemporaryFolder folder_;
};

}  // namespace

std::unique_ptr<OtherToken> NssToken() { return std::make_unique<Nss>(); }

}  // namespace sceau::hsm
