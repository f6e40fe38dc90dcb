using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Hermes.Gateway.Core.Tests.PublicApi;

/// <summary>What an assembly shows to others, as text: one line for each type and each member, in a fixed order. Members
/// that every record has are said by the word "record".</summary>
internal static class ApiText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The lines.</summary>
    public static IEnumerable<string> Of(Assembly assembly) => assembly.GetExportedTypes()
        .OrderBy(type => $"{type.Namespace}.{NameOf(type)}", StringComparer.Ordinal)
        .SelectMany(type => MembersOf(type).Order(StringComparer.Ordinal).Select(member => $"  {member}").Prepend(HeadOf(type)));

    private static string HeadOf(Type type)
    {
        var isRecord = type.GetMethod("<Clone>$") is not null;
        var kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => isRecord ? "abstract record" : "abstract class",
            { IsSealed: true } => isRecord ? "sealed record" : "sealed class",
            _ => isRecord ? "record" : "class",
        };
        var parents = type.IsEnum || type.IsValueType
            ? []
            : type.GetInterfaces().Where(one => !isRecord || one != typeof(IEquatable<>).MakeGenericType(type))
                .Select(NameOf).Order(StringComparer.Ordinal).ToList();
        if (type.BaseType is { } parent && parent != typeof(object) && type.IsClass) parents.Insert(0, NameOf(parent));
        return $"{kind} {type.Namespace}.{NameOf(type)}{(parents.Count == 0 ? "" : $" : {string.Join(", ", parents)}")}";
    }

    private static IEnumerable<string> MembersOf(Type type)
    {
        if (type.IsEnum)
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}");
        var properties = type.GetProperties(Declared).Where(one => one.GetAccessors(nonPublic: true).Any(IsVisible));
        var methods = type.GetMethods(Declared).Where(one => IsVisible(one) && !one.IsSpecialName && !IsGenerated(one));
        return
        [
            .. type.GetFields(Declared).Where(IsVisible).Select(FieldOf),
            .. type.GetConstructors(Declared).Where(IsVisible).Select(one => $"new({ParametersOf(one)})"),
            .. properties.Select(PropertyOf),
            .. methods.Select(MethodOf),
        ];
    }

    private static string FieldOf(FieldInfo field) =>
        $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}"
        + $"{NameOf(field.FieldType)} {field.Name}{(field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "")}";

    private static string PropertyOf(PropertyInfo property)
    {
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        var isStatic = property.GetAccessors(nonPublic: true)[0].IsStatic ? "static " : "";
        var nullable = IsNullable(new NullabilityInfoContext().Create(property).ReadState) ? "?" : "";
        var get = property.GetMethod is { } getter && IsVisible(getter) ? " get;" : "";
        var set = property.SetMethod is not { } setter || !IsVisible(setter)
            ? ""
            : setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;";
        return $"{isStatic}{required}{NameOf(property.PropertyType)}{nullable} {property.Name} {{{get}{set} }}";
    }

    private static string MethodOf(MethodInfo method)
    {
        var nullable = IsNullable(new NullabilityInfoContext().Create(method.ReturnParameter).ReadState) ? "?" : "";
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(NameOf))}>" : "";
        return (method.IsStatic ? "static " : "")
            + $"{NameOf(method.ReturnType)}{nullable} {method.Name}{generic}({ParametersOf(method)})";
    }

    private static string ParametersOf(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{(parameter.IsOut ? "out " : "")}{NameOf(parameter.ParameterType)}"
        + $"{(IsNullable(new NullabilityInfoContext().Create(parameter).WriteState) ? "?" : "")} {parameter.Name}"
        + (parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "")));

    private static bool IsNullable(NullabilityState state) => state == NullabilityState.Nullable;

    private static bool IsGenerated(MethodInfo method) =>
        method.IsDefined(typeof(CompilerGeneratedAttribute)) || method.Name is "<Clone>$" or "PrintMembers";

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsVisible(FieldInfo field) => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly;

    // A nullable value's mark is told by its nullability, like that of a reference.
    private static string NameOf(Type type)
    {
        if (type.IsByRef) return NameOf(type.GetElementType()!);
        if (type.IsArray) return $"{NameOf(type.GetElementType()!)}[]";
        if (Nullable.GetUnderlyingType(type) is { } underlying) return NameOf(underlying);
        var name = type.IsNested && !type.IsGenericParameter ? $"{NameOf(type.DeclaringType!)}.{type.Name}" : type.Name;
        return type.IsGenericType
            ? $"{name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
            : name;
    }
}
