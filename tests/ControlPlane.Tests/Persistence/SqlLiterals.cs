using System.Reflection;
using System.Reflection.Emit;
using System.Text.RegularExpressions;

namespace ControlPlane.Tests.Persistence;

/// <summary>Reads the SQL statements in the string literals of an assembly's code.</summary>
internal static partial class SqlLiterals
{
    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>The literals that begin as a statement, with the type that contains them.</summary>
    public static IEnumerable<(Type Type, string Sql)> In(Assembly assembly) =>
        from type in assembly.GetTypes()
        from method in type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static
            | BindingFlags.Instance | BindingFlags.DeclaredOnly).OfType<MethodBase>()
        from text in Read(method)
        where Statement().IsMatch(text)
        select (type, text);

    private static IEnumerable<string> Read(MethodBase method)
    {
        byte[] il = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        int at = 0;
        while (at < il.Length)
        {
            short value = il[at++];
            var code = OpCodesByValue[value == 0xFE ? (short)(0xFE00 | il[at++]) : value];
            if (code == OpCodes.Ldstr)
            {
                yield return method.Module.ResolveString(BitConverter.ToInt32(il, at));
            }

            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(il, at),
                _ => 4,
            };
        }
    }

    [GeneratedRegex(@"^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Statement();
}
