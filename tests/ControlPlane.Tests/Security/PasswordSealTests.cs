using System.Security.Cryptography;
using System.Text;
using ControlPlane.Security;
using CsCheck;

namespace ControlPlane.Tests.Security;

public sealed class PasswordSealTests : IDisposable
{
    private static readonly Guid Invitation = new("0197b0a1-0000-7000-8000-000000000001");

    private readonly RSA key = RSA.Create(2048);

    public void Dispose() => key.Dispose();

    [Fact]
    public void A_sealed_password_opens_unchanged() => Gen.String.Where(IsUnicode).Sample(password =>
        Assert.Equal(password, PasswordSeal.Open(Seal(password), Invitation, key)), iter: 50);

    [Fact]
    public void The_sealed_bytes_do_not_contain_the_password()
    {
        byte[] password = Encoding.UTF8.GetBytes("correct horse battery staple");

        Assert.Equal(-1, Seal("correct horse battery staple").AsSpan().IndexOf(password));
    }

    [Fact]
    public void A_password_sealed_for_another_invitation_does_not_open()
    {
        var another = new Guid("0197b0a1-0000-7000-8000-000000000002");

        Assert.ThrowsAny<CryptographicException>(() => PasswordSeal.Open(Seal("secret"), another, key));
    }

    [Fact]
    public void An_altered_or_truncated_password_does_not_open()
    {
        byte[] good = Seal("secret");
        foreach (int position in (int[])[0, 1, 10, 260, 275, good.Length - 1])
        {
            byte[] altered = [.. good];
            altered[position] ^= 1;
            Assert.ThrowsAny<CryptographicException>(() => PasswordSeal.Open(altered, Invitation, key));
        }

        for (int length = 0; length < good.Length; length += 20)
        {
            Assert.ThrowsAny<CryptographicException>(() => PasswordSeal.Open(good.AsSpan(0, length), Invitation, key));
        }
    }

    private byte[] Seal(string password) =>
        PasswordSeal.Seal(password, Invitation, key.ExportSubjectPublicKeyInfo());

    private static bool IsUnicode(string text) => text.EnumerateRunes().All(rune => rune.Value != 0xFFFD);
}
