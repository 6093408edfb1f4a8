using System.Security.Cryptography;
using System.Text;
using Worker.Systems.Postgres;

namespace Worker.Tests.Systems.Postgres;

public sealed class ScramVerifierTests
{
    // The exchange of RFC 7677, section 3.
    private const string Salt = "W22ZaJ0SNY7soEsUEjb6gQ==", AuthMessage =
        "n=user,r=rOprNGfwEbeRWgbNEkqO,"
        + "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
        + "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

    private const string Proof = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        ServerSignature = "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    [Fact]
    public void The_verifier_checks_the_exchange_of_the_standard()
    {
        string[] parts = ScramVerifier.Of("pencil", Convert.FromBase64String(Salt)).Split('$', ':');

        Assert.Equal(["SCRAM-SHA-256", "4096", Salt], parts[..3]);
        byte[] storedKey = Convert.FromBase64String(parts[3]), message = Encoding.ASCII.GetBytes(AuthMessage);
        byte[] signature = HMACSHA256.HashData(storedKey, message);
        byte[] clientKey = [.. Convert.FromBase64String(Proof).Zip(signature, (a, b) => (byte)(a ^ b))];
        Assert.Equal(storedKey, SHA256.HashData(clientKey));
        Assert.Equal(ServerSignature,
            Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(parts[4]), message)));
    }

    [Fact]
    public void Each_verifier_has_its_own_salt() =>
        Assert.NotEqual(ScramVerifier.Of("pencil"), ScramVerifier.Of("pencil"));
}
